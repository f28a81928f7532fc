package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
	"testing"
	"unsafe"
)

// openTerminal is a terminal, and the screen on which what is written to it appears.
func openTerminal(t *testing.T) (tty, screen *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("there is no terminal to try: %v", err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	number, unlocked := uint32(0), int32(0)
	for request, at := range map[uintptr]unsafe.Pointer{syscall.TIOCGPTN: unsafe.Pointer(&number), syscall.TIOCSPTLCK: unsafe.Pointer(&unlocked)} {
		if _, _, code := syscall.Syscall(syscall.SYS_IOCTL, screen.Fd(), request, uintptr(at)); code != 0 {
			t.Skipf("the terminal cannot be opened: %v", code)
		}
	}
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("there is no terminal to try: %v", err)
	}
	t.Cleanup(func() { _ = tty.Close() })
	return tty, screen
}

// On a terminal, something long says how far it has come, on one line that is gone at the end.
func TestProgressIsShownOnATerminalAndWipedAway(t *testing.T) {
	tty, screen := openTerminal(t)
	term := &terminal{err: tty}
	done := term.working("Looking into the inbox")
	done()
	few, many := term.progress("lines"), term.progress("charges")
	for i := range 100 {
		few(i+1, 100)
		many(500*(i+1), 50_000)
	}
	if err := tty.Close(); err != nil {
		t.Fatal(err)
	}
	bytes, err := io.ReadAll(screen)
	if err != nil && !errors.Is(err, syscall.EIO) { // how a terminal says that nobody is there any more
		t.Fatal(err)
	}
	shown := string(bytes)
	const wiped = "\r\x1b[K"
	looking, counting, found := strings.Cut(shown, wiped)
	if !found || looking != "Looking into the inbox …" {
		t.Errorf("working showed %q", looking)
	}
	if !strings.HasPrefix(counting, "\r500 of 50000 charges (1%)\r1000 of 50000 charges (2%)") || !strings.HasSuffix(counting, "(99%)"+wiped) {
		t.Errorf("progress showed %q", counting)
	}
	if strings.ContainsAny(shown, "\n") || strings.Contains(shown, "lines") {
		t.Errorf("progress takes more than a line, or tells of what is short: %q", shown)
	}
}
