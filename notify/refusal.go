package notify

import (
	"regexp"
	"strconv"
	"strings"
)

// Refusal is why a mail was refused for good, as far as that changes what can be done.
type Refusal string

// The reasons. What fits none of them is OtherRefusal: the server's words say all that is known.
const (
	OtherRefusal Refusal = ""
	TooLarge     Refusal = "too-large" // for the server, or for the recipient's
	BadAddress   Refusal = "address"   // the recipient's cannot be written to this server
	NoMailbox    Refusal = "mailbox"   // nobody is there, or the mailbox takes no mail
)

// statusCode is an enhanced status code (RFC 3463), replyCode the reply that stands before it.
var (
	statusCode = regexp.MustCompile(`(?:^|[^0-9.])(5\.[0-9]{1,3}\.[0-9]{1,3})(?:[^0-9.]|$)`)
	replyCode  = regexp.MustCompile(`^\s*(?:smtp;\s*)?(5[0-9]{2})\b`)
	aboutUs    = regexp.MustCompile(`(?i)\brelay|authenti`) // the server does not take mail from us: no mailbox is at fault
	fullBox    = regexp.MustCompile(`(?i)quota|mailbox (is )?full|over ?limit|storage`)
	largeMail  = regexp.MustCompile(`(?i)(message|mail|content|size).{0,40}(exceed|too (big|large)|limit)|too (big|large)`)
)

// RefusalOf reads the reason from a server's words, "552 5.3.4 Message too big", or from a bounce's status and words.
func RefusalOf(words string) Refusal {
	code := 0
	if m := replyCode.FindStringSubmatch(words); m != nil {
		code, _ = strconv.Atoi(m[1])
	}
	status := ""
	if m := statusCode.FindStringSubmatch(words); m != nil {
		status = m[1]
	}
	switch {
	case aboutUs.MatchString(words):
		return OtherRefusal
	case status == "5.3.4" || status == "5.2.3":
		return TooLarge
	case code == 552 && (status == "" || status == "5.0.0" || status == "5.3.0") && !fullBox.MatchString(words):
		return TooLarge
	case status == "5.0.0" && largeMail.MatchString(words) && !fullBox.MatchString(words):
		return TooLarge
	case status == "5.6.7" || status == "5.6.9" || code == 553 && status == "":
		return BadAddress // RFC 6531: an address or a header outside ASCII
	case strings.HasPrefix(status, "5.1.") && status != "5.1.7" && status != "5.1.8":
		return NoMailbox // 5.1.7 and 5.1.8 are about the sender's address
	case status == "5.4.1" || status == "5.4.4" || status == "5.4.310": // Exchange Online's words for nobody there; no such domain
		return NoMailbox
	case status == "5.2.1" || status == "5.2.2" || code == 551 || code == 550 && status == "" || code == 552 && fullBox.MatchString(words):
		return NoMailbox
	}
	return OtherRefusal
}
