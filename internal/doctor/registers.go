package doctor

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"handrail/internal/registers"
	"handrail/rules"
)

// mostNamed is how many mistakes of a register are named; the operator's mail names more.
const mostNamed = 5

// registers tries the files of the registers, as the job would take them.
func (d *examination) registers(ctx context.Context) {
	var taken []*registers.Register
	for _, k := range registers.Kinds() {
		file := d.in.Registers.File(k)
		if file == "" {
			continue
		}
		check := "registers." + string(k)
		data, err := rules.ReadFile(file)
		if err != nil {
			d.add(Wrong, check, err.Error(), "name a file that this account can read under [registers] "+string(k), "until then the last register stays in force, and a job that never had one does not start")
			continue
		}
		r, err := registers.Read(ctx, k, data, filepath.Base(file))
		if err != nil {
			mistakes := strings.Split(err.Error(), "\n")
			next := mistakes[1:min(len(mistakes), mostNamed)]
			if more := len(mistakes) - mostNamed; more > 0 {
				next = append(next, fmt.Sprintf("… and %d more", more))
			}
			d.add(Wrong, check, mistakes[0], append(next, "have the file corrected: until then the last register stays in force, and a job that never had one does not start")...)
			continue
		}
		taken = append(taken, r)
		text := fmt.Sprintf("%s, %s", file, number(r.Entries, "entry", "entries"))
		if len(r.Ignored) > 0 {
			text += "; not read are the columns " + strings.Join(r.Ignored, ", ")
		}
		d.add(Fine, check, text)
	}
	for _, q := range registers.NewSet(taken...).Questions() {
		d.add(Warning, "registers", q, "correct the one register or the other: lines that meet this go to an officer")
	}
}
