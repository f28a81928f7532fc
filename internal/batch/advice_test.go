package batch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// adviceTried names, for each function that makes an alert, the test that does what the alert advises and sees that it helps.
var adviceTried = map[string]string{
	"approvals.unanswered":     "TestAnOperatorHasSomebodyAsked",
	"approvals.nobodyDecided":  "TestAnOperatorHasSomebodyAsked",
	"approvals.nobodyReached":  "TestLinesThatNobodyCanBeAskedAboutAreOfferedAgain",
	"department.alert":         "TestAnInvalidPolicyIsRefusedAndTheOldOneStays",
	"changes.fileProposed":     "TestAFileOnTheServerIsAProposal",
	"changes.notInForce":       "TestAnApprovedPolicyThatCannotBeUsedIsTold",
	"incoming.olderAlert":      "TestMailFromBeforeTheLedgerStaysUnanswered",
	"incoming.aheadAlert":      "TestMailFromTheFutureIsHeld",
	"incoming.tooManyLines":    "TestOneSendersWorkIsBounded",
	"incoming.triesAlert":      "TestConversationsThatLeadNowhereEnd",
	"incoming.silenceAlert":    "TestConversationsThatLeadNowhereEnd",
	"incoming.heldAlert":       "TestAHeldMailIsAskedAboutAndReleasedByMovingItBack",
	"incoming.unreadAlert":     "TestAForwardedRequestIsJudgedAndNotAnswered",
	"incoming.quarantineAlert": "TestAnUnverifiedSenderIsQuarantinedAndReleasedByHand",
	"incoming.asideAlert":      "TestRetryWorksBesideTheJob",
	"intake.unanswered":        "TestAForwardedRequestIsJudgedAndNotAnswered",
	"intake.unknownSender":     "TestLinesAreJudgedByTheRegisters",
	"intake.registerAlert":     "TestARegisterWithAMistakeLeavesTheLastOneInForce",
	"intake.guardrailFailed":   "TestAGuardrailThatFailsEscalatesItsLineAndIsNamedToTheOperator",
	"intake.unreadAlert":       "TestAnUnknownHeaderEscalatesAndIsToldOnce",
	"outages.alert":            "TestWhatExpiresIsSaidAhead",
	"outages.beganAlert":       "TestAChangedSecretFileEndsTheWaitWithTheNextSweep",
	"outages.endedAlert":       "TestTheOperatorHearsOnceOfAnOutageAndOnceOfItsEnd", // nothing is to be done
	"outages.webhookAlert":     "TestAWebhookThatTakesNothingIsGivenUpAndTold",
	"outbox.NobodyDecides":     "TestANewOfficerGetsWhatWaitedForOne",
	"undelivered.refusedAlert": "TestRefusedMailsRestUntilTheyAreEnded",
	"undelivered.contactAlert": "TestRefusedMailsRestUntilTheyAreEnded",
	"undelivered.lightAlert":   "TestMailsThatAreTooLargeGoWithoutTheirFiles",
}

// Every alert says what to do, and a test does it.
func TestTheAdviceOfEveryAlertIsTried(t *testing.T) {
	t.Parallel()
	tests, alerts := map[string]bool{}, []string{}
	files := token.NewFileSet()
	for _, root := range []string{"..", "../../cmd"} {
		if err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") {
				return err
			}
			file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, d := range file.Decls {
				f, ok := d.(*ast.FuncDecl)
				switch {
				case !ok:
				case strings.HasSuffix(path, "_test.go"):
					tests[f.Name.Name] = true
				case makesAlert(f, file.Name.Name):
					alerts = append(alerts, file.Name.Name+"."+f.Name.Name)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if len(alerts) == 0 {
		t.Fatal("no alert is made as this test reads them")
	}
	for _, a := range alerts {
		if test := adviceTried[a]; test == "" {
			t.Errorf("%s makes an alert, and no test is named that does what it advises", a)
		} else if !tests[test] {
			t.Errorf("%s: there is no test %s", a, test)
		}
	}
	for a := range adviceTried {
		if !slices.Contains(alerts, a) {
			t.Errorf("%s makes no alert", a)
		}
	}
}

// makesAlert reports whether a function has an outbox.Alert with a hint in it.
func makesAlert(f *ast.FuncDecl, pkg string) (found bool) {
	ast.Inspect(f, func(n ast.Node) bool {
		c, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		switch of := c.Type.(type) {
		case *ast.SelectorExpr:
			x, ok := of.X.(*ast.Ident)
			found = found || ok && x.Name == "outbox" && of.Sel.Name == "Alert"
		case *ast.Ident:
			found = found || pkg == "outbox" && of.Name == "Alert"
		}
		return true
	})
	return found
}
