// Package registers owns what the department knows of itself: its cost centres with their branches, managers and dates, its people
// with their branches, and the suppliers that it knows. It reads them from files, and says what they make of a line and of who asks.
//
// It refuses to know where a register is kept, who hears of its mistakes, and what a policy makes of what it says.
package registers
