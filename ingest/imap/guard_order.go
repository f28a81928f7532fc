package imap

// answerDisorder is how many steps numbers that are out of order may cost. The library keeps message numbers sorted, and
// moves all larger ones for each that comes after them: 45,000 numbers may come in any order, a million only as servers send them.
const answerDisorder = 1 << 30

// numberOrder follows the message numbers of a command's answer and counts what those cost that are out of order.
type numberOrder struct {
	number  uint64 // whose digits are coming
	digits  bool
	largest uint64
	count   int64
	cost    int64
}

// next takes a byte of a list of numbers.
func (o *numberOrder) next(c byte) error {
	if '0' <= c && c <= '9' {
		o.number, o.digits = min(o.number*10+uint64(c-'0'), 1<<32), true
		return nil
	}
	if !o.digits {
		return nil
	}
	o.count++
	if o.number < o.largest {
		if o.cost += o.count; o.cost > answerDisorder {
			return excess("lists %d messages in no order", o.count)
		}
	}
	o.largest = max(o.largest, o.number)
	o.number, o.digits = 0, false
	return nil
}
