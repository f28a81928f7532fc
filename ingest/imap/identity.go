package imap

import (
	"fmt"
	"strconv"
	"strings"

	"handrail/ingest"
)

// fetched is a message with its number in the folder.
type fetched struct {
	ingest.Fetched
	uid uint32
}

// identity is a message's identity: its folder's UIDVALIDITY and its UID, in decimal, with a space between.
func identity(validity, uid uint32) string {
	b := strconv.AppendUint(make([]byte, 0, len("4294967295 4294967295")), uint64(validity), 10)
	return string(strconv.AppendUint(append(b, ' '), uint64(uid), 10))
}

// numbers are what an identity is made of.
func numbers(id string) (validity, uid uint32, err error) {
	first, second, _ := strings.Cut(id, " ")
	v, err := strconv.ParseUint(first, 10, 32)
	if err != nil {
		return 0, 0, fmt.Errorf("%q is no identity of a message: %w", id, err)
	}
	u, err := strconv.ParseUint(second, 10, 32)
	if err != nil {
		return 0, 0, fmt.Errorf("%q is no identity of a message: %w", id, err)
	}
	return uint32(v), uint32(u), nil
}

func identities(validity uint32, uids []uint32) []string {
	ids := make([]string, len(uids))
	for i, uid := range uids {
		ids[i] = identity(validity, uid)
	}
	return ids
}

// uidsUnder are the UIDs of those identities that are of this numbering.
func uidsUnder(validity uint32, ids []string) ([]uint32, error) {
	uids := make([]uint32, 0, len(ids))
	for _, id := range ids {
		v, uid, err := numbers(id)
		if err != nil {
			return nil, err
		}
		if v == validity {
			uids = append(uids, uid)
		}
	}
	return uids, nil
}
