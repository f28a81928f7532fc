package department

import (
	"context"
	"path/filepath"
	"sync/atomic"
	"time"

	"handrail/internal/batch"
	"handrail/internal/guarded"
	"handrail/internal/ledger"
	"handrail/internal/registers"
)

// registerText begins the kind of a register's text on disk, where it is refused.
const registerText = "register."

// registerWatch is one register with its file.
type registerWatch struct {
	watched
	kind  registers.Kind
	file  string
	force atomic.Pointer[registers.Register] // what is in force; nil nothing yet
}

// Registers are those in force now; nil where there are none.
func (dept *Department) Registers() *registers.Set { return dept.registers.Load() }

// beginWithRegisters finds out which registers are in force: of each kind what stands in its file, or the one that the ledger keeps
// where that cannot be taken. A register that was never in force and cannot be taken is a mistake of whoever starts the job.
func (dept *Department) beginWithRegisters(ctx context.Context, now time.Time) error {
	for _, k := range registers.Kinds() {
		if dept.registerFiles.File(k) != "" {
			continue
		}
		if kept, err := dept.keptRegister(ctx, k); err != nil {
			return err
		} else if kept != nil && dept.guards(trustedName(k)) {
			if err := dept.askWithout(ctx, now, kept); err != nil {
				return err
			}
			continue
		}
		if err := dept.ledger.Decide(ctx, func(tx *ledger.Tx) error { return tx.Registers.Drop(ctx, now, string(k)) }); err != nil {
			return err
		}
		if err := dept.textTaken(ctx, registerText+string(k), ""); err != nil {
			return err
		}
	}
	for _, w := range dept.registerWatches {
		if w.file == "" {
			continue
		}
		if err := dept.firstRegister(ctx, now, w); err != nil {
			return err
		}
	}
	dept.useRegisters()
	return nil
}

// trustedName is how [owners] trusted names a register.
func trustedName(k registers.Kind) string { return "registers." + string(k) }

// askWithout keeps a register in force that the configuration names no more, until owners agreed that nothing is compared with it.
func (dept *Department) askWithout(ctx context.Context, now time.Time, kept *registers.Register) error {
	w := dept.watchOf(kept.Kind)
	if w == nil {
		w = &registerWatch{kind: kept.Kind}
		dept.registerWatches = append(dept.registerWatches, w)
	}
	w.force.Store(kept)
	return dept.ledger.Decide(ctx, func(tx *ledger.Tx) error {
		return dept.ask(ctx, tx, now, bodyText(registerText+string(kept.Kind), "", gone), kept.Hash, goneRows(kept))
	})
}

// inForce is the hash of the register in force; "" none.
func (w *registerWatch) inForce() string {
	if r := w.force.Load(); r != nil {
		return r.Hash
	}
	return ""
}

func (dept *Department) firstRegister(ctx context.Context, now time.Time, w *registerWatch) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	kept, err := dept.keptRegister(ctx, w.kind)
	if err != nil {
		return err
	}
	w.force.Store(kept)
	r, read, err := w.read(ctx)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil && kept == nil:
		return &RefusedError{Kind: registerText + string(w.kind), File: w.file, Err: err}
	case err != nil:
		w.handle(r)
		return dept.refuseText(ctx, now, w.refused(err), r.digest())
	case kept != nil && kept.Hash != read.Hash && !w.rested(r, now):
		return nil // somebody is writing it just now: it is taken by the next look
	}
	w.handle(r)
	return dept.takeRegister(ctx, now, w, read)
}

// keptRegister is the one that the ledger says is in force; nil where there is none.
func (dept *Department) keptRegister(ctx context.Context, k registers.Kind) (*registers.Register, error) {
	var kept ledger.Register
	var found bool
	if err := dept.ledger.View(ctx, func(tx *ledger.Tx) (err error) {
		kept, found, err = tx.Registers.Read(ctx, string(k))
		return err
	}); err != nil || !found {
		return nil, err
	}
	return registers.Restore(k, kept.Body)
}

// read reads the register from its file.
func (w *registerWatch) read(ctx context.Context) (*reading, *registers.Register, error) {
	r := newReading()
	data, err := r.open(w.file)
	if err != nil {
		return r, nil, err
	}
	read, err := registers.Read(ctx, w.kind, data, filepath.Base(w.file))
	return r, read, err
}

func (w *registerWatch) refused(err error) *RefusedError {
	return &RefusedError{Kind: registerText + string(w.kind), File: w.file, Kept: "the former register", Err: err}
}

// lookAtRegisters takes the registers again whose files were changed.
func (dept *Department) lookAtRegisters(ctx context.Context, w *registerWatch) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.file == "" || !w.other() {
		return nil
	}
	now := dept.engine.Now()
	r, read, err := w.read(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !w.rested(r, now) {
		return nil
	}
	w.handle(r)
	if err != nil {
		return dept.refuseText(ctx, now, w.refused(err), r.digest())
	}
	if err := dept.takeRegister(ctx, now, w, read); err != nil {
		w.handled = "" // it is taken by the next look
		return err
	}
	dept.useRegisters()
	return nil
}

// takeRegister puts a register in force: it is kept, and linked in the chain where it is another one. With owners, what only narrows counts, and the
// whole is proposed to them.
func (dept *Department) takeRegister(ctx context.Context, now time.Time, w *registerWatch, read *registers.Register) error {
	other, r := false, read
	err := dept.ledger.Decide(ctx, func(tx *ledger.Tx) (err error) {
		r = read
		var rows []guarded.Row
		if dept.Owners.Any() {
			narrowed, widening, err := narrowedRegister(ctx, tx, read)
			if err != nil {
				return err
			}
			rows = widening
			if dept.guards(trustedName(w.kind)) {
				r = narrowed
			}
		}
		other, err = tx.Registers.PutInForce(ctx, now, ledger.Register{Kind: string(r.Kind), Hash: r.Hash, File: filepath.Base(w.file), Entries: r.Entries, Body: r.Body})
		if err != nil {
			return err
		}
		if err := dept.ask(ctx, tx, now, bodyText(registerText+string(w.kind), filepath.Base(w.file), read.Body), r.Hash, rows); err != nil {
			return err
		}
		batch.Crash("register.before-commit")
		return nil
	})
	batch.Crash("register.after-commit")
	if err != nil {
		return err
	}
	w.force.Store(r)
	if other {
		dept.log.Info("another register is in force", "register", r.Kind, "entries", r.Entries, "hash", r.Hash)
	}
	return dept.textTaken(ctx, registerText+string(w.kind), "")
}

// narrowedRegister is what of a register counts beside the one in force before owners agreed, and the difference.
func narrowedRegister(ctx context.Context, tx *ledger.Tx, read *registers.Register) (r *registers.Register, rows []guarded.Row, err error) {
	kept, found, err := tx.Registers.Read(ctx, string(read.Kind))
	if err != nil || !found || kept.Hash == read.Hash {
		return read, nil, err
	}
	before, err := registers.Restore(read.Kind, kept.Body)
	if err != nil {
		return nil, nil, err
	}
	rows, narrowed, err := guarded.Register(before, read)
	if err != nil || len(guarded.Widening(rows)) == 0 {
		return read, rows, err
	}
	return narrowed, rows, nil
}

// useRegisters makes everything that is judged from now on go by the registers in force.
func (dept *Department) useRegisters() {
	dept.registersMu.Lock()
	defer dept.registersMu.Unlock()
	var all []*registers.Register
	for _, w := range dept.registerWatches {
		all = append(all, w.force.Load())
	}
	dept.registers.Store(registers.NewSet(all...))
}
