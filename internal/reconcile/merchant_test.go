package reconcile

import "testing"

func TestMerchantNames(t *testing.T) {
	for text, want := range map[string]string{
		"PAYPAL *ATELIER NUMERI 4029357733 ON": "ATELIER NUMERI",
		"SQ *CAFE DU COIN":                     "CAFE DU COIN",
		"TST* DINER 24":                        "DINER 24",
		"AMZN MKTP CA*2K4RT91Z0":               "2K4RT91Z0",
		"BOREAL DATA #1234":                    "BOREAL DATA",
		"WWW.CEDAR.CA":                         "CEDAR.CA",
		"PAYPAL *":                             "PAYPAL *",
		"CAFÉ MONTRÉAL QC CAN":                 "CAFÉ MONTRÉAL",
	} {
		if got := merchantName(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
