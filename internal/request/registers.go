package request

// Registers is what the department's registers said of one line and of who asked, when the line was judged: a replay looks at
// this, and at no register.
type Registers struct {
	// InForce are the hashes of the registers that were asked, by their kind: "cost_centres", "people", "suppliers".
	InForce map[string]string `json:"in_force"`
	// Supplier is the name that the register of suppliers gives the line's supplier, "" where it knows none.
	Supplier string          `json:"supplier,omitempty"`
	Checks   []RegisterCheck `json:"checks,omitempty"`
	// Together are the names and business numbers that the register of suppliers gives the line's supplier, and those of the suppliers of
	// its owners: totals that look around add them up.
	Together []Alike `json:"together,omitempty"`
}

// RegisterCheck is a value that a register does not have, or has otherwise.
type RegisterCheck struct {
	Kind RegisterKind `json:"kind"`
	Form string       `json:"form,omitempty"` // what the form or the mail says
	// Register is what the register has: the nearest value, the branch, or the managers of the cost centre; "" nothing.
	Register string `json:"register,omitempty"`
	Day      Date   `json:"day,omitzero"`       // the first or last day of what is out of its dates
	Requests int    `json:"requests,omitempty"` // of SupplierNew: in how many requests the name was seen
}

// RegisterKind says what a register does not have, or has otherwise.
type RegisterKind string

// What registers say.
const (
	CentreUnknown   RegisterKind = "cost-centre-unknown"
	CentreEarly     RegisterKind = "cost-centre-early"      // it begins later
	CentreEnded     RegisterKind = "cost-centre-ended"      // its last day is over
	CentreNotTheirs RegisterKind = "cost-centre-not-theirs" // the register does not name it for who asks
	SenderUnknown   RegisterKind = "sender-unknown"
	BranchRead      RegisterKind = "branch-read" // the register's branch counts, the form says another
	BranchUnknown   RegisterKind = "branch-unknown"
	ManagerUnknown  RegisterKind = "manager-unknown"
	ManagerOther    RegisterKind = "manager-other" // the cost centre has other managers
	SupplierNew     RegisterKind = "supplier-new"  // no line had the name before, and one alike to it is on several requests
	SupplierNear    RegisterKind = "supplier-near" // not in the register, and alike to one that is
)
