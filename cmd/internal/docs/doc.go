// Package docs holds the tests of what users and contributors are told: README.md and the pages of docs, those about rules aside, which ruledocs makes.
// Every command that a page shows is executed here, in the order of the page, in a directory of its own, and prints what the page says. A page is
// written like this:
//
//   - A fenced block of the language console is a transcript: a command follows "$ ", and what it prints, both streams, follows the command.
//   - A fenced block of the language sh is what to type, without what it prints.
//   - A fenced block below a line that is `NAME`: writes that file, where the page shows it.
//   - A fenced block below a line that is `NAME` becomes: shows what the file holds by then.
//
// `make docs` fills in what commands print and what files become. A command that can't be executed here is in the table elsewhere, with the test that
// executes it or with the reason why none does, and is held to be on the page still. So is every option and target that a page names: there is one.
//
// Awkward truths. Each command is one shell, so a page can't use cd or set variables for later commands. Without the build tag tensorflow the commands
// that import it are passed over, and so are those that need what they write; with it all of them run.
package docs
