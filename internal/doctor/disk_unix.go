//go:build linux || darwin

package doctor

import "syscall"

// freeSpace is how many bytes an ordinary account can still write to the disk that dir lies on.
func freeSpace(dir string) (bytes uint64, known bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return s.Bavail * uint64(s.Bsize), true
}
