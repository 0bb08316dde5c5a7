/** Commands for a terminal: run, export, check, runs. Everything they do the window can do, too. */
package craft.cli;
