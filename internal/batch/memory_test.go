package batch

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
)

func memoryOf(t testing.TB, total int64) *Memory {
	t.Helper()
	m, err := newMemory(total)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// admitted waits for a share in a goroutine of its own and says on the channel when it has it.
func admitted(t *testing.T, m *Memory, n int64) <-chan func() {
	got := make(chan func(), 1)
	go func() {
		s, err := m.Reserve(t.Context(), n)
		if err != nil {
			t.Error(err)
			return
		}
		got <- s.Release
	}()
	synctest.Wait()
	return got
}

func has(got <-chan func()) bool { return len(got) == 1 }

func TestMemoryIsNotReservedBeyondTheWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := memoryOf(t, 100)
		first, second := admitted(t, m, 60), admitted(t, m, 40)
		third := admitted(t, m, 1)
		if !has(first) || !has(second) || has(third) || m.inHand() != 100 {
			t.Fatalf("first %v, second %v, third %v, %d bytes in hand", has(first), has(second), has(third), m.inHand())
		}
		release := <-second
		release()
		synctest.Wait()
		if !has(third) {
			t.Error("a share that was given back was not given on")
		}
		release() // a second time gives nothing back
		if m.try(40) != nil {
			t.Error("a share that was released twice counts twice")
		}
		(<-third)()
		(<-first)()
		if m.inHand() != 0 {
			t.Errorf("%d bytes in hand when all was given back", m.inHand())
		}
	})
}

// A large request waits for its turn, not for ever: small ones that come later stand behind it.
func TestMemoryIsGivenFirstComeFirstServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := memoryOf(t, 100)
		holder := admitted(t, m, 50)
		large := admitted(t, m, 80)
		small := admitted(t, m, 10)
		if has(large) || has(small) {
			t.Fatalf("large %v, small %v: only 50 bytes are free and the large one came first", has(large), has(small))
		}
		if m.try(10) != nil {
			t.Error("try passed those who wait")
		}
		(<-holder)()
		synctest.Wait()
		if !has(large) || !has(small) {
			t.Errorf("large %v, small %v: both have room", has(large), has(small))
		}
		(<-large)()
		(<-small)()
	})
}

func TestMoreThanTheWholeIsAdmittedAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := memoryOf(t, 100)
		small := admitted(t, m, 1)
		huge := admitted(t, m, 1<<40)
		if has(huge) {
			t.Fatal("it is not alone")
		}
		(<-small)()
		synctest.Wait()
		if !has(huge) {
			t.Fatal("it is never admitted")
		}
		if next := admitted(t, m, 1); has(next) {
			t.Error("something was admitted beside it")
		} else {
			(<-huge)()
			(<-next)()
		}
	})
}

func TestWhoStopsWaitingLetsTheNextOneIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := memoryOf(t, 100)
		holder := admitted(t, m, 50)
		ctx, cancel := context.WithCancelCause(t.Context())
		gaveUp := make(chan error, 1)
		go func() {
			s, err := m.Reserve(ctx, 80)
			s.Release()
			gaveUp <- err
		}()
		synctest.Wait()
		behind := admitted(t, m, 30)
		cancel(errors.New("the machine stops"))
		synctest.Wait()
		if err := <-gaveUp; !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
		if !has(behind) {
			t.Fatal("the one behind still waits for one that is gone")
		}
		(<-holder)()
		(<-behind)()
		if m.inHand() != 0 {
			t.Errorf("%d bytes in hand", m.inHand())
		}
	})
}

// A message that hangs is given up at its deadline, and its goroutine still holds what it opened.
func TestAHolderThatIsGivenUpKeepsItsShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := memoryOf(t, 100)
		s, err := m.Reserve(t.Context(), 70)
		if err != nil {
			t.Fatal(err)
		}
		ended := s.Lend()
		s.Release() // the batch is over
		if m.try(40) != nil || m.inHand() != 70 {
			t.Errorf("its share was given on while it is still held: %d bytes in hand", m.inHand())
		}
		ended() // it comes to its end after all
		ended()
		if m.inHand() != 0 {
			t.Errorf("%d bytes in hand when all is over", m.inHand())
		}
	})
}

// What was declared is the most that may be needed: a share gets smaller, and never larger.
func TestAShareIsLoweredAndNeverRaised(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := memoryOf(t, 100)
		s, err := m.Reserve(t.Context(), 80)
		if err != nil {
			t.Fatal(err)
		}
		waiting := admitted(t, m, 50)
		s.Lower(90)
		if m.inHand() != 80 {
			t.Errorf("%d bytes in hand after a share of 80 was lowered to 90", m.inHand())
		}
		s.Lower(30)
		synctest.Wait()
		if !has(waiting) || m.inHand() != 80 {
			t.Errorf("%d bytes in hand, 30 and 50 are", m.inHand())
		}
		(<-waiting)()
		s.Release()
		s.Lower(1)
		if m.inHand() != 0 {
			t.Errorf("%d bytes in hand when all was given back", m.inHand())
		}
	})
}

func TestMemoryOfNothingIsRefused(t *testing.T) {
	for _, total := range []int64{0, -1} {
		if _, err := newMemory(total); err == nil {
			t.Errorf("%d bytes in all were accepted", total)
		}
	}
}

// The first of a batch waits for its memory, the others take what is there.
func TestTheFirstWaitsAndTheOthersTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := memoryOf(t, 100)
		holder := admitted(t, m, 60)
		var got []int
		done := make(chan error, 1)
		go func() {
			done <- Admit(t.Context(), m, []int64{-1, 50, 40, 30, 10}, func(i int, _ *Reservation) { got = append(got, i) })
		}()
		synctest.Wait()
		if len(got) != 0 {
			t.Fatalf("%v were admitted, and the first of them waits", got)
		}
		(<-holder)()
		if err := <-done; err != nil || fmt.Sprint(got) != "[1 2 4]" {
			t.Errorf("%v were admitted, %v; there is room for 50, 40 and 10", got, err)
		}
	})
}
