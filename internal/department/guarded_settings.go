package department

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"handrail/ingest"
	"handrail/internal/guarded"
	"handrail/internal/officers"
	"handrail/internal/owners"
	"handrail/internal/statement"
)

// configured is what the configuration says, whatever of it is in force.
type configured struct {
	owners   owners.Owners
	settings guarded.Settings
}

// setting is one setting of the configuration that could widen a yes.
type setting struct {
	key string
	get func() []string
	set func([]string)
}

// text is a setting that is one word; usual is what it is when left out.
func textSetting(key string, at *string, usual string) setting {
	return setting{key, func() []string { return some(officers.TextOr(*at, usual)) }, func(v []string) { *at = strings.Join(v, "") }}
}

func listSetting(key string, at *[]string) setting {
	return setting{key, func() []string { return *at }, func(v []string) { *at = v }}
}

func boolSetting(key string, at *bool) setting {
	return setting{key, func() []string {
		if *at {
			return []string{"true"}
		}
		return nil
	}, func(v []string) { *at = len(v) > 0 }}
}

func daysSetting(key string, at *int, usual int) setting {
	return setting{key, func() []string {
		if *at == 0 {
			return []string{strconv.Itoa(usual)}
		}
		return []string{strconv.Itoa(*at)}
	}, func(v []string) { *at, _ = strconv.Atoi(strings.Join(v, "")) }}
}

func some(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

const (
	inboxKey   = "inbox."
	profileKey = "finance.reconcile.statement."
)

// guardedSettings are the settings that wait for owners where they widen, but for those of the form. Each key is in guarded.Keys.
func (dept *Department) guardedSettings() []setting {
	r := &dept.Finance.Reconcile
	all := []setting{
		listSetting("department.domains", &dept.Config.Domains),
		listSetting("finance.recipients", &dept.Finance.Recipients),
		{"decisions.hold", func() []string { return []string{strconv.Itoa(int(dept.Decisions.HoldTime().Seconds()))} }, func(v []string) {
			seconds, _ := strconv.Atoi(strings.Join(v, ""))
			hold := ingest.Duration(time.Duration(seconds) * time.Second)
			dept.Decisions.Hold = &hold
		}},
		daysSetting("decisions.same_line_days", &dept.Decisions.SameLineDays, int(dept.Decisions.SameLineTime().Hours()/24)),
		textSetting("finance.reconcile.tolerance_percent", &r.TolerancePercent, "1"),
		textSetting("finance.reconcile.tolerance_most", &r.ToleranceMost, "25.00"),
		textSetting("finance.reconcile.tip_percent", &r.TipPercent, "0"),
		textSetting("finance.reconcile.exchange_percent", &r.ExchangePercent, "0"),
		daysSetting("finance.reconcile.window_days", &r.WindowDays, 45),
		daysSetting("finance.reconcile.reference_window_days", &r.ReferenceDays, 366),
		textSetting("finance.reconcile.publish_above", &r.PublishAbove, "10000.00"),
		daysSetting("finance.reconcile.fiscal_year_start", &r.FiscalYearStart, 0),
		listSetting("finance.reconcile.tax_rates", &r.TaxRates),
		boolSetting("finance.reconcile.statement_purchases_negative", &r.PurchasesNegative),
		{"schedule.time_zone", func() []string { return some(dept.Zone.String()) }, func(v []string) {
			if zone, err := time.LoadLocation(strings.Join(v, "")); err == nil {
				dept.Zone = zone
			}
		}},
	}
	for _, name := range dept.Order {
		c := &dept.Inboxes[name].Config
		at := func(key string) string { return inboxKey + name + "." + key }
		all = append(all,
			listSetting(at("authserv_id"), &c.AuthservID),
			boolSetting(at("verify_dkim"), &c.VerifyDKIM),
			textSetting(at("provider"), &c.Provider, ""),
			listSetting(at("allowed_domains"), &c.AllowedDomains),
			listSetting(at("allowed_senders"), &c.AllowedSenders),
			listSetting(at("own_domains"), &c.OwnDomains),
			listSetting(at("statement_senders"), &c.StatementSenders),
			setting{at("on_unauthenticated"), func() []string {
				if c.OnUnauthenticated == ingest.Hold {
					return []string{ingest.Hold}
				}
				return nil
			}, func(v []string) {
				if c.OnUnauthenticated = ingest.Quarantine; len(v) > 0 {
					c.OnUnauthenticated = ingest.Hold
				}
			}})
	}
	return all
}

// settings are what all settings that could widen a yes say.
func (dept *Department) settings() guarded.Settings {
	said := guarded.Settings{}
	put := func(key string, v []string) {
		if len(v) > 0 {
			said[key] = slices.Clone(v)
		}
	}
	for _, s := range dept.guardedSettings() {
		put(s.key, s.get())
	}
	for field, headers := range dept.Finance.Reconcile.StatementHeaders {
		put("finance.reconcile.statement_headers."+field, headers)
	}
	for i := range dept.Finance.Reconcile.Profiles {
		key, said := dept.Finance.Reconcile.Profiles[i].Setting()
		put(profileKey+key, some(said))
	}
	form := &dept.Main().Form // all inboxes have the form of the configuration
	for field, headers := range form.Aliases {
		put("form.aliases."+field, headers)
	}
	for code, said := range form.Answers {
		put("form.answers."+code, said)
	}
	for field, value := range form.Defaults {
		put("form.defaults."+field, some(value))
	}
	put("form.ignore", form.Ignore)
	return said
}

// useSettings makes everything go by settings that are in force. It is for the start: nothing else runs yet.
func (dept *Department) useSettings(s guarded.Settings) error {
	if maps.EqualFunc(s, dept.settings(), slices.Equal) {
		return nil
	}
	for _, x := range dept.guardedSettings() {
		x.set(slices.Clone(s[x.key]))
	}
	lists := func(prefix string) map[string][]string {
		var m map[string][]string
		for k, v := range s {
			if name, ok := strings.CutPrefix(k, prefix); ok {
				if m == nil {
					m = map[string][]string{}
				}
				m[name] = slices.Clone(v)
			}
		}
		return m
	}
	dept.Finance.Reconcile.StatementHeaders = lists("finance.reconcile.statement_headers.")
	dept.Finance.Reconcile.Profiles = nil
	for _, key := range slices.Sorted(maps.Keys(s)) {
		if !strings.HasPrefix(key, profileKey) {
			continue
		}
		p, err := statement.ProfileFrom(strings.Join(s[key], ""))
		if err != nil {
			return fmt.Errorf("the profile of statements that is in force, %s: %w", key, err)
		}
		dept.Finance.Reconcile.Profiles = append(dept.Finance.Reconcile.Profiles, p)
	}
	for _, box := range dept.Inboxes {
		f := &box.Form
		f.Aliases, f.Answers, f.Ignore, f.Defaults = lists("form.aliases."), lists("form.answers."), slices.Clone(s["form.ignore"]), nil
		for k, v := range lists("form.defaults.") {
			if f.Defaults == nil {
				f.Defaults = map[string]string{}
			}
			f.Defaults[k] = strings.Join(v, "")
		}
		if err := f.Validate(); err != nil {
			return fmt.Errorf("the settings of the form that are in force: %w", err)
		}
	}
	return nil
}

// inboxOf is the inbox that a setting is of; "" where there is none of its name.
func (dept *Department) inboxOf(key string) string {
	found := ""
	for _, name := range dept.Order {
		if strings.HasPrefix(key, inboxKey+name+".") && len(name) > len(found) {
			found = name
		}
	}
	return found
}
