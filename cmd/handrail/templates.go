package main

import (
	"fmt"
	"os"
	"time"

	"handrail/internal/demo"
	"handrail/notify"
	"handrail/templates"
)

type templatesCommand struct {
	Preview previewCommand `cmd:"" help:"Write every mail with sample data, in both languages, to look at."`
}

type previewCommand struct {
	Out    string `required:"" placeholder:"DIR" help:"Folder to write into."`
	Config string `placeholder:"F" help:"Configuration that names your own templates and department."`
}

func (c *previewCommand) Run(t *terminal) error {
	dir := ""
	id := notify.Identity{From: demo.Inbox, Name: demo.Department(), Location: time.UTC}
	if c.Config != "" {
		config, err := loadConfig(c.Config)
		if err != nil {
			return err
		}
		zone, err := config.zone()
		if err != nil {
			return err
		}
		dir = config.resolve(config.Templates.Dir)
		id = notify.Identity{From: config.SMTP.From, Name: config.Department.Name, Inbox: config.Inbox[0].Address, Location: zone}
	}
	set, err := templates.Load(dir)
	if err != nil {
		return fail(exitUsage, "", "templates: %w", err)
	}
	composer, err := notify.NewComposer(set, id)
	if err != nil {
		return fail(exitUsage, "", "%w", err)
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return fail(exitInput, "choose a folder you may write to with --out", "%w", err)
	}
	files, err := composer.Preview(c.Out)
	if err != nil {
		return fail(exitInput, "", "%w", err)
	}
	fmt.Fprintf(t.out, "%d files in %s: open the .html ones in a browser\n", len(files), c.Out)
	return nil
}
