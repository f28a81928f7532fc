package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"handrail/internal/request"
)

// Trouble names a reason for which a ledger cannot be used.
type Trouble string

// The troubles of a ledger.
const (
	NotALedger   Trouble = "not-a-ledger"
	Newer        Trouble = "newer"
	Absent       Trouble = "absent"
	NoFolder     Trouble = "no-folder"
	ReadOnlyFile Trouble = "read-only"
	DiskFull     Trouble = "disk-full"
	Locked       Trouble = "locked"
	Corrupt      Trouble = "corrupt"
	NoAccess     Trouble = "no-access"
	Unreachable  Trouble = "unreachable"
	OldSchema    Trouble = "not-migrated"
	ClockBehind  Trouble = "clock-behind"
	DiskFault    Trouble = "disk-fault"
	Exists       Trouble = "exists"
	LeftLog      Trouble = "left-log"
	Named        Trouble = "named"
	OtherLedger  Trouble = "other-ledger"
	SealedLog    Trouble = "sealed-log"
	Doubles      Trouble = "doubles"

	// A ledger that is no longer what was opened.
	Moved     Trouble = "moved"
	Emptied   Trouble = "emptied"
	Replaced  Trouble = "replaced"
	LockGone  Trouble = "lock-gone"
	TakenOver Trouble = "taken-over"
)

// Displaced reports whether the ledger is no longer what was opened: trying again helps nothing, and a person has to look.
func (t Trouble) Displaced() bool {
	switch t {
	case Moved, Emptied, Replaced, LockGone, TakenOver, OtherLedger:
		return true
	}
	return false
}

// Error is a ledger that cannot be used: what was being done, where, why, and what to do about it.
type Error struct {
	Trouble Trouble
	What    string // "open the ledger"
	Where   string // the file, or the address without its password
	Why     request.Text
	Hint    request.Text
	Err     error
}

// Error says it in English, without the hint.
func (e *Error) Error() string { return fmt.Sprintf("%s %s: %s", e.What, e.Where, e.Why.EN) }

// Unwrap is the database's or the system's own error.
func (e *Error) Unwrap() error { return e.Err }

var advice = map[Trouble][2]request.Text{
	NotALedger: {
		{EN: "this is not a Handrail ledger", FR: "ce n’est pas un registre de Handrail"},
		{EN: "name another file under [ledger] url, or an empty database; nothing was changed here",
			FR: "indiquez un autre fichier sous [ledger] url, ou une base de données vide; rien n’a été modifié ici"},
	},
	Newer: {
		{EN: "a newer version of Handrail wrote this ledger", FR: "une version plus récente de Handrail a écrit ce registre"},
		{EN: "run the newer version; this one would misread what it does not know", FR: "utilisez la version plus récente; celle-ci lirait mal ce qu’elle ne connaît pas"},
	},
	Absent: {
		{EN: "there is no ledger yet", FR: "il n’y a pas encore de registre"},
		{EN: "check [ledger] url first: a ledger that was there before is restored. `handrail ledger create` makes a new one, once",
			FR: "vérifiez d’abord [ledger] url\u00a0: un registre qui existait déjà se restaure. «\u00a0handrail ledger create\u00a0» en crée un nouveau, une seule fois"},
	},
	NoFolder: {
		{EN: "its folder is not there", FR: "son dossier n’existe pas"},
		{EN: "make the folder, mount the disk that it lies on, or correct [ledger] url; a path there is relative to the configuration",
			FR: "créez le dossier, montez le disque où il se trouve, ou corrigez [ledger] url; un chemin y est relatif à la configuration"},
	},
	ReadOnlyFile: {
		{EN: "it cannot be written", FR: "il ne peut pas être modifié"},
		{EN: "let the account that runs Handrail write the file and its directory, or mount the disk for writing",
			FR: "donnez au compte qui exécute Handrail le droit d’écrire dans le fichier et son répertoire, ou montez le disque en écriture"},
	},
	DiskFull: {
		{EN: "the disk is full", FR: "le disque est plein"},
		{EN: "make room and start again; nothing was acknowledged that is not in the ledger",
			FR: "libérez de l’espace et redémarrez; rien n’a été confirmé qui ne soit dans le registre"},
	},
	Locked: {
		{EN: "another Handrail is working on it", FR: "un autre Handrail y travaille"},
		{EN: "let the other run finish, or stop it; several machines share one ledger on PostgreSQL only",
			FR: "laissez finir l’autre exécution, ou arrêtez-la; plusieurs machines ne partagent un registre que sous PostgreSQL"},
	},
	Corrupt: {
		{EN: "the database is damaged", FR: "la base de données est endommagée"},
		{EN: "keep the file as it is, restore the last backup beside it and run `handrail ledger verify`; what is still in the mailbox is collected again",
			FR: "conservez le fichier tel quel, restaurez la dernière sauvegarde à côté et lancez «\u00a0handrail ledger verify\u00a0»; ce qui reste dans la boîte aux lettres sera repris"},
	},
	NoAccess: {
		{EN: "access was refused", FR: "l’accès a été refusé"},
		{EN: "check the permissions of the file, or the account and password of the database",
			FR: "vérifiez les permissions du fichier, ou le compte et le mot de passe de la base de données"},
	},
	Unreachable: {
		{EN: "the database does not answer", FR: "la base de données ne répond pas"},
		{EN: "check its address and that it is running; Handrail tries again at the next pass",
			FR: "vérifiez son adresse et qu’elle est en marche; Handrail réessaie au prochain passage"},
	},
	ClockBehind: {
		{EN: "this machine's clock is behind the ledger", FR: "l’horloge de cette machine est en retard sur le registre"},
		{EN: "set the clock (timedatectl shows it) and run again; nothing was decided. If the clock is right, it was ahead when that entry was made: `handrail ledger restore --from nothing` notes it and goes on",
			FR: "réglez l’horloge (timedatectl l’affiche) et relancez; rien n’a été décidé. Si l’horloge est juste, elle avançait lorsque cette entrée a été faite\u00a0: «\u00a0handrail ledger restore --from nothing\u00a0» le consigne et permet de continuer"},
	},
	DiskFault: {
		{EN: "the disk did not do what it was asked to", FR: "le disque n’a pas fait ce qui lui était demandé"},
		{EN: "look into the system's log for errors of the disk; when it works again, `handrail ledger verify` says whether the ledger is whole; nothing was acknowledged that is not in it",
			FR: "cherchez des erreurs du disque dans le journal du système; lorsqu’il fonctionne de nouveau, «\u00a0handrail ledger verify\u00a0» dit si le registre est intact; rien n’a été confirmé qui n’y soit"},
	},
	OldSchema: {
		{EN: "an older version of Handrail wrote this ledger and it was not brought up to date", FR: "une version antérieure de Handrail a écrit ce registre et il n’a pas été mis à jour"},
		{EN: "back it up, then run `handrail ledger upgrade`; `handrail run` does the same at its start",
			FR: "sauvegardez-le, puis lancez «\u00a0handrail ledger upgrade\u00a0»; «\u00a0handrail run\u00a0» fait de même à son démarrage"},
	},
	Exists: {
		{EN: "there is a ledger already", FR: "il y a déjà un registre"},
		{EN: "`handrail run` works with it. A new one needs another file, or an empty database or schema, under [ledger] url",
			FR: "«\u00a0handrail run\u00a0» s’en sert. Un nouveau demande un autre fichier, ou une base de données ou un schéma vide, sous [ledger] url"},
	},
	Named: {
		{EN: "[ledger] identity names a ledger that was made before", FR: "[ledger] identity désigne un registre qui a déjà été créé"},
		{EN: "restore that one (`handrail ledger restore`), or take the line out of the configuration to begin another with number 1",
			FR: "restaurez ce registre («\u00a0handrail ledger restore\u00a0»), ou retirez la ligne de la configuration pour en commencer un autre au numéro 1"},
	},
	LeftLog: {
		{EN: "this is the log of a ledger that is not there any more", FR: "c’est le journal d’un registre qui n’est plus là"},
		{EN: "it may hold the newest entries: put its ledger back beside it, or move it to another folder and keep it",
			FR: "il peut contenir les entrées les plus récentes\u00a0: remettez son registre à côté, ou déplacez-le dans un autre dossier et conservez-le"},
	},
	OtherLedger: {
		{EN: "it is another ledger", FR: "c’est un autre registre"},
		{EN: "correct [ledger] url, or put the right ledger there. If this one is right, write its identity under [ledger] identity",
			FR: "corrigez [ledger] url, ou mettez-y le bon registre. Si c’est le bon, inscrivez son identité sous [ledger] identity"},
	},
	SealedLog: {
		{EN: "its folder cannot be written, and its newest entries still lie in the -wal file beside it", FR: "son dossier ne peut pas être modifié, et ses entrées les plus récentes sont encore dans le fichier -wal à côté"},
		{EN: "copy the file and the one that ends in -wal, without the one that ends in -shm, to a folder that you may write to, and name the copy under [ledger] url of a configuration of your own",
			FR: "copiez le fichier et celui qui se termine par -wal, sans celui qui se termine par -shm, dans un dossier où vous pouvez écrire, et indiquez la copie sous [ledger] url d’une configuration à vous"},
	},
	Doubles: {
		{EN: "an index that PostgreSQL built with another version of its collation let rows in twice", FR: "un index que PostgreSQL a construit avec une autre version de sa collation a admis des lignes en double"},
		{EN: "nothing was changed. Restore the last backup from before the database's operating system changed, or decide with your database administrator which row of each pair stays; then run `handrail ledger upgrade` again",
			FR: "rien n’a été modifié. Restaurez la dernière sauvegarde d’avant le changement de système d’exploitation de la base de données, ou décidez avec l’administrateur de la base laquelle des lignes de chaque paire reste; puis relancez «\u00a0handrail ledger upgrade\u00a0»"},
	},
	Moved: {
		{EN: "it is no longer there: it was moved or deleted while Handrail worked on it", FR: "il n’est plus là\u00a0: il a été déplacé ou supprimé pendant que Handrail y travaillait"},
		{EN: "nothing was decided or sent since. Stop the job, put the ledger back with its -wal file, or restore the last backup (`handrail ledger restore`), and start again",
			FR: "rien n’a été décidé ni envoyé depuis. Arrêtez le service, remettez le registre avec son fichier -wal, ou restaurez la dernière sauvegarde («\u00a0handrail ledger restore\u00a0»), et redémarrez"},
	},
	Emptied: {
		{EN: "the file is empty: its content is gone", FR: "le fichier est vide\u00a0: son contenu a disparu"},
		{EN: "nothing was decided or sent since. Stop the job, move the file and what lies beside it to another folder, and restore the last backup (`handrail ledger restore`)",
			FR: "rien n’a été décidé ni envoyé depuis. Arrêtez le service, déplacez le fichier et ceux qui l’accompagnent dans un autre dossier, et restaurez la dernière sauvegarde («\u00a0handrail ledger restore\u00a0»)"},
	},
	Replaced: {
		{EN: "another file lies in its place", FR: "un autre fichier se trouve à sa place"},
		{EN: "nothing was decided or sent since. Find out what put it there (a restore, a tool that synchronises folders, a second copy), put the right one there, and start again; after a restore, run `handrail ledger restore --from nothing` first",
			FR: "rien n’a été décidé ni envoyé depuis. Cherchez ce qui l’y a mis (une restauration, un outil de synchronisation, une deuxième copie), remettez le bon fichier, et redémarrez; après une restauration, lancez d’abord «\u00a0handrail ledger restore --from nothing\u00a0»"},
	},
	LockGone: {
		{EN: "the file that keeps a second run away was deleted or replaced", FR: "le fichier qui tient une deuxième exécution à l’écart a été supprimé ou remplacé"},
		{EN: "let nothing delete it, not even when it is old. Make sure that no other run works on the ledger, and start again",
			FR: "que rien ne le supprime, même s’il est ancien. Assurez-vous qu’aucune autre exécution ne travaille sur le registre, et redémarrez"},
	},
	TakenOver: {
		{EN: "another `handrail run` has taken it over", FR: "une autre exécution de «\u00a0handrail run\u00a0» en a pris possession"},
		{EN: "let one job work on a ledger: leave this one stopped, or stop the other one first; several machines share a ledger on PostgreSQL only",
			FR: "un seul service travaille sur un registre\u00a0: laissez celui-ci arrêté, ou arrêtez d’abord l’autre; plusieurs machines ne partagent un registre que sous PostgreSQL"},
	},
}

func (l *Ledger) trouble(t Trouble, what string, err error) *Error {
	text := advice[t]
	return &Error{Trouble: t, What: what, Where: l.cfg.String(), Why: text[0], Hint: text[1], Err: err}
}

// explain turns the databases' own errors into ours where there is something to do about them.
func (l *Ledger) explain(what string, err error) error {
	var known *Error
	if err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if t := troubleOf(err); t != "" {
		return l.trouble(t, what, err)
	}
	return err
}

// troubleOr is the trouble that err is, or another where it is none that we know.
func troubleOr(err error, other Trouble) Trouble {
	if t := troubleOf(err); t != "" {
		return t
	}
	return other
}

func troubleOf(err error) Trouble {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return sqliteTrouble(lite.Code())
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return postgresTrouble(pg.Code)
	}
	var connect *pgconn.ConnectError
	switch {
	case errors.As(err, &connect):
		return Unreachable
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return DiskFull
	case errors.Is(err, syscall.EROFS):
		return ReadOnlyFile
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return NoFolder
	case errors.Is(err, fs.ErrPermission):
		return NoAccess
	case isCut(err): // last: the system's own errors look like a network's
		return Unreachable
	}
	return ""
}

// isCut reports whether a connection to the database ended under us.
func isCut(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "conn closed")
}

func sqliteTrouble(code int) Trouble {
	if code == sqlite3.SQLITE_IOERR_SHMSIZE {
		return DiskFull // there is no room for the file that the log's readers share
	}
	switch code & 0xff {
	case sqlite3.SQLITE_NOTADB:
		return NotALedger
	case sqlite3.SQLITE_CORRUPT:
		return Corrupt
	case sqlite3.SQLITE_FULL:
		return DiskFull
	case sqlite3.SQLITE_READONLY:
		return ReadOnlyFile
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return Locked
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH:
		return NoAccess
	case sqlite3.SQLITE_IOERR:
		return DiskFault
	}
	return ""
}

func postgresTrouble(state string) Trouble {
	switch state {
	case "53100":
		return DiskFull
	case "25006":
		return ReadOnlyFile
	case "XX001", "XX002":
		return Corrupt
	case "28000", "28P01", "42501", "3D000":
		return NoAccess
	case "57P01", "57P02", "57P03", "53300", "08000", "08001", "08003", "08004", "08006", "25P03", "25P04":
		return Unreachable
	case "55P03", "40001", "40P01": // somebody else was first: the same again may succeed
		return Locked
	}
	switch state[:min(2, len(state))] {
	case "08", "57", "53", "58":
		return Unreachable
	}
	return ""
}
