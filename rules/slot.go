package rules

import (
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// slotRead reads a variable of the evaluation by its place instead of by its name, which is most of what makes judging
// quick.
type slotRead struct {
	id   int64
	slot int
}

// ID is the identifier of the node.
func (s *slotRead) ID() int64 { return s.id }

// Exec reads the variable. Inside exists and its like the frame at hand holds the loop's variable, and ours lies under it.
func (s *slotRead) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	if e, ok := frame.Scope().(*evaluation); ok {
		return e.value(s.slot)
	}
	v, ok := frame.ResolveName(evaluationName)
	if e, is := v.(*evaluation); ok && is {
		return e.value(s.slot)
	}
	return types.NewErr("a variable was read outside of a judging")
}

// Eval is Exec for callers that have no frame.
func (s *slotRead) Eval(vars interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(vars, s.Exec)
}

// evaluationName is the name under which an evaluation finds itself; no expression can spell it.
const evaluationName = "@evaluation"

// ResolveName gives the variables that are not in slots.
func (e *evaluation) ResolveName(name string) (any, bool) {
	switch name {
	case evaluationName:
		return e, true
	case "department.domains":
		return types.NewStringList(types.DefaultTypeAdapter, e.facts.OwnDomains), true
	}
	return nil, false
}

// Parent is nil: nothing lies behind an evaluation.
func (e *evaluation) Parent() interpreter.Activation { return nil }

// strictNode is && or || that lets no error hide: the left side decides first, and when it is an error or anything but
// true or false, that is the result.
type strictNode struct {
	id          int64
	left, right interpreter.InterpretableV2
	decides     types.Bool // the value of the left side that needs no right one
}

// ID is the identifier of the node.
func (n *strictNode) ID() int64 { return n.id }

// Exec evaluates the left side, and the right one where the left does not decide.
func (n *strictNode) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	left := n.left.Exec(frame)
	b, ok := left.(types.Bool)
	if !ok {
		return types.MaybeNoSuchOverloadErr(left)
	}
	if b == n.decides {
		return b
	}
	right := n.right.Exec(frame)
	if _, ok := right.(types.Bool); !ok {
		return types.MaybeNoSuchOverloadErr(right)
	}
	return right
}

// Eval is Exec for callers that have no frame.
func (n *strictNode) Eval(vars interpreter.Activation) ref.Val {
	return interpreter.EvalActivation(vars, n.Exec)
}
