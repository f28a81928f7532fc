package ledger

import (
	"errors"
	"os"
	"syscall"
)

// errorSharingViolation is what CreateFile answers while somebody else has the file open without sharing.
const errorSharingViolation = syscall.Errno(32)

func acquireLock(path string) (*fileLock, error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, errorSharingViolation) {
		return nil, errHeld
	}
	if err != nil {
		return nil, &os.PathError{Op: "lock", Path: path, Err: err}
	}
	return &fileLock{os.NewFile(uintptr(h), path)}, nil
}
