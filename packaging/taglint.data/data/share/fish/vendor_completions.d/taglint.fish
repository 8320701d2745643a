# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_taglint_global_optspecs
    string join \n color= q/quiet v/verbose h/help V/version
end

function __fish_taglint_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_taglint_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_taglint_using_subcommand
    set -l cmd (__fish_taglint_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c taglint -n "__fish_taglint_needs_command" -l color -d 'When to use colours: NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb decide with `auto`' -r -f -a "auto\t''
always\t''
never\t''"
complete -c taglint -n "__fish_taglint_needs_command" -s q -l quiet -d 'Print findings only: no summary, no warnings'
complete -c taglint -n "__fish_taglint_needs_command" -s v -l verbose -d 'Tell which files were left out, and why'
complete -c taglint -n "__fish_taglint_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c taglint -n "__fish_taglint_needs_command" -s V -l version -d 'Print version'
complete -c taglint -n "__fish_taglint_needs_command" -f -a "check" -d 'Check files and directories'
complete -c taglint -n "__fish_taglint_needs_command" -f -a "effective" -d 'Show what resources really get: tags with those of the provider, and policies'
complete -c taglint -n "__fish_taglint_needs_command" -f -a "eval" -d 'Evaluate an expression in the scope of a module, as `terraform console` does, without `init`'
complete -c taglint -n "__fish_taglint_needs_command" -f -a "explain" -d 'Explain a rule: what it checks, why, and how to fix what it finds'
complete -c taglint -n "__fish_taglint_needs_command" -f -a "rules" -d 'List all rules'
complete -c taglint -n "__fish_taglint_needs_command" -f -a "config" -d 'Show, describe or create the configuration'
complete -c taglint -n "__fish_taglint_needs_command" -f -a "baseline" -d 'Keep a file of known findings, which are not reported'
complete -c taglint -n "__fish_taglint_needs_command" -f -a "merge" -d 'Merge the reports of several workers into one'
complete -c taglint -n "__fish_taglint_needs_command" -f -a "man" -d 'Print the manual page of taglint, or of one command'
complete -c taglint -n "__fish_taglint_needs_command" -f -a "completions" -d 'Print completions for a shell'
complete -c taglint -n "__fish_taglint_needs_command" -f -a "version" -d 'Print the version, and the dates of the facts'
complete -c taglint -n "__fish_taglint_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c taglint -n "__fish_taglint_using_subcommand check" -l file-list -d 'Check the files and directories that this file lists too, one on each line; `-` is standard input' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand check" -l shard -d 'Check part I of N of the directories: N workers together report what one would' -r
complete -c taglint -n "__fish_taglint_using_subcommand check" -l stdin-filename -d 'The name of the file that standard input stands for' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand check" -l root -d 'The tree: nothing outside it is read, and reports show paths relative to it. Without it, the version control root above each path, else the working directory' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand check" -l exclude -d 'A file or directory to leave out, with those of the configuration. Without a `/` it is a name at any depth' -r
complete -c taglint -n "__fish_taglint_using_subcommand check" -s c -l config -d 'The configuration file, in place of the nearest `taglint.toml`; or one setting, like `fail-on = "error"`. May be repeated' -r
complete -c taglint -n "__fish_taglint_using_subcommand check" -l policy -d 'A configuration of the organisation: what it asks for, the repository may make stricter and not take back. May be repeated' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand check" -l var -d 'A value for a variable of root modules. May be repeated; the last one counts, and one of a later `--var-file`' -r
complete -c taglint -n "__fish_taglint_using_subcommand check" -l var-file -d 'A file with values for variables of root modules, beside those that Terraform reads by itself. May be repeated' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand check" -l select -d 'Run these rules or groups only, or `all`, whatever the configuration selects and ignores' -r
complete -c taglint -n "__fish_taglint_using_subcommand check" -l ignore -d 'Do not run these rules or groups, nor those that the configuration ignores' -r
complete -c taglint -n "__fish_taglint_using_subcommand check" -l require-tag -d 'A tag that every resource must have. May be repeated; `[[tags]]` in `taglint.toml` can say more' -r
complete -c taglint -n "__fish_taglint_using_subcommand check" -l fail-on -d 'The least severity that makes the run fail [default: warning]' -r -f -a "error\t'Errors only'
warning\t'Errors and warnings'
never\t'Nothing'"
complete -c taglint -n "__fish_taglint_using_subcommand check" -l min-severity -d 'The least severity that people are shown [default: warning]' -r -f -a "error\t''
warning\t''
info\t''"
complete -c taglint -n "__fish_taglint_using_subcommand check" -l format -d 'Print all findings in this format' -r -f -a "human\t''
concise\t''
grouped\t''
json\t''
jsonl\t''
sarif\t''
github\t''
gitlab\t''
azure\t''
junit\t''
checkstyle\t''
rdjson\t''
markdown\t''"
complete -c taglint -n "__fish_taglint_using_subcommand check" -s o -l output -d 'Write a format to standard output or, with `:PATH`, to a file; may be repeated, and goes before `--format`' -r
complete -c taglint -n "__fish_taglint_using_subcommand check" -l sarif-category -d 'What SARIF calls this run, where a repository has several: one per job of a matrix' -r
complete -c taglint -n "__fish_taglint_using_subcommand check" -l max-findings -d 'Print at most so many findings; the others still count' -r
complete -c taglint -n "__fish_taglint_using_subcommand check" -l baseline -d 'A file of known findings, which are not reported: see `taglint baseline`' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand check" -l add-ignore -d 'Write an ignore comment for every finding, with a reason' -r
complete -c taglint -n "__fish_taglint_using_subcommand check" -l changed-since -d 'Report only what has changed since this revision of git: where a line or a value on its way to it was changed. All is analysed' -r
complete -c taglint -n "__fish_taglint_using_subcommand check" -s j -l threads -d 'How many threads to use; 0 for one per core' -r
complete -c taglint -n "__fish_taglint_using_subcommand check" -l color -d 'When to use colours: NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb decide with `auto`' -r -f -a "auto\t''
always\t''
never\t''"
complete -c taglint -n "__fish_taglint_using_subcommand check" -l isolated -d 'Read no configuration file'
complete -c taglint -n "__fish_taglint_using_subcommand check" -l env-vars -d 'Take values for variables from `TF_VAR_NAME` in the environment, as Terraform does'
complete -c taglint -n "__fish_taglint_using_subcommand check" -l require-ignore-reason -d 'Report ignore comments that give no reason'
complete -c taglint -n "__fish_taglint_using_subcommand check" -l sarif-vcs -d 'Say in SARIF of which repository and revision the tree is, as git knows them'
complete -c taglint -n "__fish_taglint_using_subcommand check" -l statistics -d 'Print how many findings each rule has, in place of the findings'
complete -c taglint -n "__fish_taglint_using_subcommand check" -l show-ignored -d 'Show also what ignore comments, the configuration and the baseline leave out'
complete -c taglint -n "__fish_taglint_using_subcommand check" -l show-unknown -d 'List every value that is not known and kept something from being judged'
complete -c taglint -n "__fish_taglint_using_subcommand check" -l no-ignores -d 'Report as if there were no ignore comments, no exceptions in the configuration and no baseline'
complete -c taglint -n "__fish_taglint_using_subcommand check" -l fix -d 'Make the safe fixes, and report what is left'
complete -c taglint -n "__fish_taglint_using_subcommand check" -l fix-only -d 'Make the safe fixes, and report nothing'
complete -c taglint -n "__fish_taglint_using_subcommand check" -l diff -d 'Print what fixes would change, as a unified diff, and write nothing; exit with 1 if that is anything'
complete -c taglint -n "__fish_taglint_using_subcommand check" -l unsafe-fixes -d 'Make also fixes that may change what the code means'
complete -c taglint -n "__fish_taglint_using_subcommand check" -l exit-non-zero-on-fix -d 'Exit with 1 where fixes were made and nothing is left'
complete -c taglint -n "__fish_taglint_using_subcommand check" -l exit-zero -d 'Exit with 0 in place of 1'
complete -c taglint -n "__fish_taglint_using_subcommand check" -l allow-incomplete -d 'Do not fail for what could not be read or parsed: exit as if the rest were all'
complete -c taglint -n "__fish_taglint_using_subcommand check" -l no-progress -d 'Show no progress bar; none is shown in CI, nor where standard error is no terminal'
complete -c taglint -n "__fish_taglint_using_subcommand check" -s q -l quiet -d 'Print findings only: no summary, no warnings'
complete -c taglint -n "__fish_taglint_using_subcommand check" -s v -l verbose -d 'Tell which files were left out, and why'
complete -c taglint -n "__fish_taglint_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c taglint -n "__fish_taglint_using_subcommand effective" -l key -d 'Show this tag only' -r
complete -c taglint -n "__fish_taglint_using_subcommand effective" -l format -d 'How to print it. `html` is a page to look at: how many resources have the required tags, which values there are, what is not known' -r -f -a "human\t''
json\t''
html\t''"
complete -c taglint -n "__fish_taglint_using_subcommand effective" -l require-tag -d 'A tag that every resource must have, for the page. May be repeated; `[[tags]]` in `taglint.toml` can say more' -r
complete -c taglint -n "__fish_taglint_using_subcommand effective" -l dir -d 'The directory of the module; without it, the working directory' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand effective" -l root -d 'The tree: nothing outside it is read' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand effective" -s c -l config -d 'The configuration file, in place of the nearest `taglint.toml`; or one setting. May be repeated' -r
complete -c taglint -n "__fish_taglint_using_subcommand effective" -l var -d 'A value for a variable of root modules. May be repeated; the last one counts, and one of a later `--var-file`' -r
complete -c taglint -n "__fish_taglint_using_subcommand effective" -l var-file -d 'A file with values for variables of root modules, beside those that Terraform reads by itself. May be repeated' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand effective" -l color -d 'When to use colours: NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb decide with `auto`' -r -f -a "auto\t''
always\t''
never\t''"
complete -c taglint -n "__fish_taglint_using_subcommand effective" -l isolated -d 'Read no configuration file'
complete -c taglint -n "__fish_taglint_using_subcommand effective" -l env-vars -d 'Take values for variables from `TF_VAR_NAME` in the environment, as Terraform does'
complete -c taglint -n "__fish_taglint_using_subcommand effective" -s q -l quiet -d 'Print findings only: no summary, no warnings'
complete -c taglint -n "__fish_taglint_using_subcommand effective" -s v -l verbose -d 'Tell which files were left out, and why'
complete -c taglint -n "__fish_taglint_using_subcommand effective" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c taglint -n "__fish_taglint_using_subcommand eval" -l dir -d 'The directory of the module; without it, the working directory' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand eval" -l root -d 'The tree: nothing outside it is read' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand eval" -s c -l config -d 'The configuration file, in place of the nearest `taglint.toml`; or one setting. May be repeated' -r
complete -c taglint -n "__fish_taglint_using_subcommand eval" -l var -d 'A value for a variable of root modules. May be repeated; the last one counts, and one of a later `--var-file`' -r
complete -c taglint -n "__fish_taglint_using_subcommand eval" -l var-file -d 'A file with values for variables of root modules, beside those that Terraform reads by itself. May be repeated' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand eval" -l color -d 'When to use colours: NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb decide with `auto`' -r -f -a "auto\t''
always\t''
never\t''"
complete -c taglint -n "__fish_taglint_using_subcommand eval" -l stdin -d 'Read one expression a line from standard input; print `{"value":…}`, `{"unknown":"reason"}` or `{"error":"…"}` for each'
complete -c taglint -n "__fish_taglint_using_subcommand eval" -l isolated -d 'Read no configuration file'
complete -c taglint -n "__fish_taglint_using_subcommand eval" -l env-vars -d 'Take values for variables from `TF_VAR_NAME` in the environment, as Terraform does'
complete -c taglint -n "__fish_taglint_using_subcommand eval" -s q -l quiet -d 'Print findings only: no summary, no warnings'
complete -c taglint -n "__fish_taglint_using_subcommand eval" -s v -l verbose -d 'Tell which files were left out, and why'
complete -c taglint -n "__fish_taglint_using_subcommand eval" -s h -l help -d 'Print help'
complete -c taglint -n "__fish_taglint_using_subcommand explain" -l format -d 'How to print it' -r -f -a "human\t''
markdown\t''
json\t''"
complete -c taglint -n "__fish_taglint_using_subcommand explain" -l color -d 'When to use colours: NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb decide with `auto`' -r -f -a "auto\t''
always\t''
never\t''"
complete -c taglint -n "__fish_taglint_using_subcommand explain" -l all -d 'All rules'
complete -c taglint -n "__fish_taglint_using_subcommand explain" -s q -l quiet -d 'Print findings only: no summary, no warnings'
complete -c taglint -n "__fish_taglint_using_subcommand explain" -s v -l verbose -d 'Tell which files were left out, and why'
complete -c taglint -n "__fish_taglint_using_subcommand explain" -s h -l help -d 'Print help'
complete -c taglint -n "__fish_taglint_using_subcommand rules" -l format -d 'How to print them' -r -f -a "human\t''
json\t''"
complete -c taglint -n "__fish_taglint_using_subcommand rules" -l color -d 'When to use colours: NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb decide with `auto`' -r -f -a "auto\t''
always\t''
never\t''"
complete -c taglint -n "__fish_taglint_using_subcommand rules" -s q -l quiet -d 'Print findings only: no summary, no warnings'
complete -c taglint -n "__fish_taglint_using_subcommand rules" -s v -l verbose -d 'Tell which files were left out, and why'
complete -c taglint -n "__fish_taglint_using_subcommand rules" -s h -l help -d 'Print help'
complete -c taglint -n "__fish_taglint_using_subcommand config; and not __fish_seen_subcommand_from show schema files init help" -l color -d 'When to use colours: NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb decide with `auto`' -r -f -a "auto\t''
always\t''
never\t''"
complete -c taglint -n "__fish_taglint_using_subcommand config; and not __fish_seen_subcommand_from show schema files init help" -s q -l quiet -d 'Print findings only: no summary, no warnings'
complete -c taglint -n "__fish_taglint_using_subcommand config; and not __fish_seen_subcommand_from show schema files init help" -s v -l verbose -d 'Tell which files were left out, and why'
complete -c taglint -n "__fish_taglint_using_subcommand config; and not __fish_seen_subcommand_from show schema files init help" -s h -l help -d 'Print help'
complete -c taglint -n "__fish_taglint_using_subcommand config; and not __fish_seen_subcommand_from show schema files init help" -f -a "show" -d 'Show every setting and where its value comes from'
complete -c taglint -n "__fish_taglint_using_subcommand config; and not __fish_seen_subcommand_from show schema files init help" -f -a "schema" -d 'Print the JSON Schema of `taglint.toml`'
complete -c taglint -n "__fish_taglint_using_subcommand config; and not __fish_seen_subcommand_from show schema files init help" -f -a "files" -d 'List the files that would be checked'
complete -c taglint -n "__fish_taglint_using_subcommand config; and not __fish_seen_subcommand_from show schema files init help" -f -a "init" -d 'Create a `taglint.toml` to start from'
complete -c taglint -n "__fish_taglint_using_subcommand config; and not __fish_seen_subcommand_from show schema files init help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from show" -l file-list -d 'Check the files and directories that this file lists too, one on each line; `-` is standard input' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from show" -l shard -d 'Check part I of N of the directories: N workers together report what one would' -r
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from show" -l stdin-filename -d 'The name of the file that standard input stands for' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from show" -l root -d 'The tree: nothing outside it is read, and reports show paths relative to it. Without it, the version control root above each path, else the working directory' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from show" -l exclude -d 'A file or directory to leave out, with those of the configuration. Without a `/` it is a name at any depth' -r
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from show" -s c -l config -d 'The configuration file, in place of the nearest `taglint.toml`; or one setting, like `fail-on = "error"`. May be repeated' -r
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from show" -l policy -d 'A configuration of the organisation: what it asks for, the repository may make stricter and not take back. May be repeated' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from show" -l var -d 'A value for a variable of root modules. May be repeated; the last one counts, and one of a later `--var-file`' -r
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from show" -l var-file -d 'A file with values for variables of root modules, beside those that Terraform reads by itself. May be repeated' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from show" -l select -d 'Run these rules or groups only, or `all`, whatever the configuration selects and ignores' -r
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from show" -l ignore -d 'Do not run these rules or groups, nor those that the configuration ignores' -r
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from show" -l require-tag -d 'A tag that every resource must have. May be repeated; `[[tags]]` in `taglint.toml` can say more' -r
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from show" -l fail-on -d 'The least severity that makes the run fail [default: warning]' -r -f -a "error\t'Errors only'
warning\t'Errors and warnings'
never\t'Nothing'"
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from show" -l min-severity -d 'The least severity that people are shown [default: warning]' -r -f -a "error\t''
warning\t''
info\t''"
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from show" -l color -d 'When to use colours: NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb decide with `auto`' -r -f -a "auto\t''
always\t''
never\t''"
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from show" -l isolated -d 'Read no configuration file'
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from show" -l env-vars -d 'Take values for variables from `TF_VAR_NAME` in the environment, as Terraform does'
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from show" -l require-ignore-reason -d 'Report ignore comments that give no reason'
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Print findings only: no summary, no warnings'
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Tell which files were left out, and why'
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from schema" -l color -d 'When to use colours: NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb decide with `auto`' -r -f -a "auto\t''
always\t''
never\t''"
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from schema" -s q -l quiet -d 'Print findings only: no summary, no warnings'
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from schema" -s v -l verbose -d 'Tell which files were left out, and why'
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from schema" -s h -l help -d 'Print help'
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from files" -l file-list -d 'Check the files and directories that this file lists too, one on each line; `-` is standard input' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from files" -l shard -d 'Check part I of N of the directories: N workers together report what one would' -r
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from files" -l stdin-filename -d 'The name of the file that standard input stands for' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from files" -l root -d 'The tree: nothing outside it is read, and reports show paths relative to it. Without it, the version control root above each path, else the working directory' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from files" -l exclude -d 'A file or directory to leave out, with those of the configuration. Without a `/` it is a name at any depth' -r
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from files" -s c -l config -d 'The configuration file, in place of the nearest `taglint.toml`; or one setting, like `fail-on = "error"`. May be repeated' -r
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from files" -l policy -d 'A configuration of the organisation: what it asks for, the repository may make stricter and not take back. May be repeated' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from files" -l var -d 'A value for a variable of root modules. May be repeated; the last one counts, and one of a later `--var-file`' -r
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from files" -l var-file -d 'A file with values for variables of root modules, beside those that Terraform reads by itself. May be repeated' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from files" -l color -d 'When to use colours: NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb decide with `auto`' -r -f -a "auto\t''
always\t''
never\t''"
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from files" -l isolated -d 'Read no configuration file'
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from files" -l env-vars -d 'Take values for variables from `TF_VAR_NAME` in the environment, as Terraform does'
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from files" -s q -l quiet -d 'Print findings only: no summary, no warnings'
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from files" -s v -l verbose -d 'Tell which files were left out, and why'
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from files" -s h -l help -d 'Print help'
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from init" -l color -d 'When to use colours: NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb decide with `auto`' -r -f -a "auto\t''
always\t''
never\t''"
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from init" -s q -l quiet -d 'Print findings only: no summary, no warnings'
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from init" -s v -l verbose -d 'Tell which files were left out, and why'
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from init" -s h -l help -d 'Print help'
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show every setting and where its value comes from'
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "schema" -d 'Print the JSON Schema of `taglint.toml`'
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "files" -d 'List the files that would be checked'
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "init" -d 'Create a `taglint.toml` to start from'
complete -c taglint -n "__fish_taglint_using_subcommand config; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and not __fish_seen_subcommand_from create update prune help" -l color -d 'When to use colours: NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb decide with `auto`' -r -f -a "auto\t''
always\t''
never\t''"
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and not __fish_seen_subcommand_from create update prune help" -s q -l quiet -d 'Print findings only: no summary, no warnings'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and not __fish_seen_subcommand_from create update prune help" -s v -l verbose -d 'Tell which files were left out, and why'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and not __fish_seen_subcommand_from create update prune help" -s h -l help -d 'Print help'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and not __fish_seen_subcommand_from create update prune help" -f -a "create" -d 'Write a baseline of all findings'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and not __fish_seen_subcommand_from create update prune help" -f -a "update" -d 'Add what is not in the baseline yet'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and not __fish_seen_subcommand_from create update prune help" -f -a "prune" -d 'Drop what no finding has any more'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and not __fish_seen_subcommand_from create update prune help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from create" -l file-list -d 'Check the files and directories that this file lists too, one on each line; `-` is standard input' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from create" -l shard -d 'Check part I of N of the directories: N workers together report what one would' -r
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from create" -l stdin-filename -d 'The name of the file that standard input stands for' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from create" -l root -d 'The tree: nothing outside it is read, and reports show paths relative to it. Without it, the version control root above each path, else the working directory' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from create" -l exclude -d 'A file or directory to leave out, with those of the configuration. Without a `/` it is a name at any depth' -r
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from create" -s c -l config -d 'The configuration file, in place of the nearest `taglint.toml`; or one setting, like `fail-on = "error"`. May be repeated' -r
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from create" -l policy -d 'A configuration of the organisation: what it asks for, the repository may make stricter and not take back. May be repeated' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from create" -l var -d 'A value for a variable of root modules. May be repeated; the last one counts, and one of a later `--var-file`' -r
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from create" -l var-file -d 'A file with values for variables of root modules, beside those that Terraform reads by itself. May be repeated' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from create" -l baseline -d 'The baseline [default: the one of the configuration, else `taglint-baseline.json` at the root of the tree]' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from create" -l reason -d 'Why the findings are left as they are' -r
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from create" -l color -d 'When to use colours: NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb decide with `auto`' -r -f -a "auto\t''
always\t''
never\t''"
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from create" -l isolated -d 'Read no configuration file'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from create" -l env-vars -d 'Take values for variables from `TF_VAR_NAME` in the environment, as Terraform does'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Print findings only: no summary, no warnings'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Tell which files were left out, and why'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from update" -l file-list -d 'Check the files and directories that this file lists too, one on each line; `-` is standard input' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from update" -l shard -d 'Check part I of N of the directories: N workers together report what one would' -r
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from update" -l stdin-filename -d 'The name of the file that standard input stands for' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from update" -l root -d 'The tree: nothing outside it is read, and reports show paths relative to it. Without it, the version control root above each path, else the working directory' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from update" -l exclude -d 'A file or directory to leave out, with those of the configuration. Without a `/` it is a name at any depth' -r
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from update" -s c -l config -d 'The configuration file, in place of the nearest `taglint.toml`; or one setting, like `fail-on = "error"`. May be repeated' -r
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from update" -l policy -d 'A configuration of the organisation: what it asks for, the repository may make stricter and not take back. May be repeated' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from update" -l var -d 'A value for a variable of root modules. May be repeated; the last one counts, and one of a later `--var-file`' -r
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from update" -l var-file -d 'A file with values for variables of root modules, beside those that Terraform reads by itself. May be repeated' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from update" -l baseline -d 'The baseline [default: the one of the configuration, else `taglint-baseline.json` at the root of the tree]' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from update" -l reason -d 'Why the findings are left as they are' -r
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from update" -l color -d 'When to use colours: NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb decide with `auto`' -r -f -a "auto\t''
always\t''
never\t''"
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from update" -l isolated -d 'Read no configuration file'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from update" -l env-vars -d 'Take values for variables from `TF_VAR_NAME` in the environment, as Terraform does'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from update" -s q -l quiet -d 'Print findings only: no summary, no warnings'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from update" -s v -l verbose -d 'Tell which files were left out, and why'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from update" -s h -l help -d 'Print help'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from prune" -l file-list -d 'Check the files and directories that this file lists too, one on each line; `-` is standard input' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from prune" -l shard -d 'Check part I of N of the directories: N workers together report what one would' -r
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from prune" -l stdin-filename -d 'The name of the file that standard input stands for' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from prune" -l root -d 'The tree: nothing outside it is read, and reports show paths relative to it. Without it, the version control root above each path, else the working directory' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from prune" -l exclude -d 'A file or directory to leave out, with those of the configuration. Without a `/` it is a name at any depth' -r
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from prune" -s c -l config -d 'The configuration file, in place of the nearest `taglint.toml`; or one setting, like `fail-on = "error"`. May be repeated' -r
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from prune" -l policy -d 'A configuration of the organisation: what it asks for, the repository may make stricter and not take back. May be repeated' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from prune" -l var -d 'A value for a variable of root modules. May be repeated; the last one counts, and one of a later `--var-file`' -r
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from prune" -l var-file -d 'A file with values for variables of root modules, beside those that Terraform reads by itself. May be repeated' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from prune" -l baseline -d 'The baseline [default: the one of the configuration, else `taglint-baseline.json` at the root of the tree]' -r -F
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from prune" -l reason -d 'Why the findings are left as they are' -r
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from prune" -l color -d 'When to use colours: NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb decide with `auto`' -r -f -a "auto\t''
always\t''
never\t''"
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from prune" -l isolated -d 'Read no configuration file'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from prune" -l env-vars -d 'Take values for variables from `TF_VAR_NAME` in the environment, as Terraform does'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from prune" -s q -l quiet -d 'Print findings only: no summary, no warnings'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from prune" -s v -l verbose -d 'Tell which files were left out, and why'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from prune" -s h -l help -d 'Print help'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from help" -f -a "create" -d 'Write a baseline of all findings'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from help" -f -a "update" -d 'Add what is not in the baseline yet'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from help" -f -a "prune" -d 'Drop what no finding has any more'
complete -c taglint -n "__fish_taglint_using_subcommand baseline; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c taglint -n "__fish_taglint_using_subcommand merge" -l color -d 'When to use colours: NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb decide with `auto`' -r -f -a "auto\t''
always\t''
never\t''"
complete -c taglint -n "__fish_taglint_using_subcommand merge" -l exit-zero -d 'Exit with 0 in place of 1'
complete -c taglint -n "__fish_taglint_using_subcommand merge" -s q -l quiet -d 'Print findings only: no summary, no warnings'
complete -c taglint -n "__fish_taglint_using_subcommand merge" -s v -l verbose -d 'Tell which files were left out, and why'
complete -c taglint -n "__fish_taglint_using_subcommand merge" -s h -l help -d 'Print help'
complete -c taglint -n "__fish_taglint_using_subcommand man" -l color -d 'When to use colours: NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb decide with `auto`' -r -f -a "auto\t''
always\t''
never\t''"
complete -c taglint -n "__fish_taglint_using_subcommand man" -s q -l quiet -d 'Print findings only: no summary, no warnings'
complete -c taglint -n "__fish_taglint_using_subcommand man" -s v -l verbose -d 'Tell which files were left out, and why'
complete -c taglint -n "__fish_taglint_using_subcommand man" -s h -l help -d 'Print help'
complete -c taglint -n "__fish_taglint_using_subcommand completions" -l color -d 'When to use colours: NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb decide with `auto`' -r -f -a "auto\t''
always\t''
never\t''"
complete -c taglint -n "__fish_taglint_using_subcommand completions" -s q -l quiet -d 'Print findings only: no summary, no warnings'
complete -c taglint -n "__fish_taglint_using_subcommand completions" -s v -l verbose -d 'Tell which files were left out, and why'
complete -c taglint -n "__fish_taglint_using_subcommand completions" -s h -l help -d 'Print help'
complete -c taglint -n "__fish_taglint_using_subcommand version" -l format -d 'How to print it' -r -f -a "human\t''
json\t''"
complete -c taglint -n "__fish_taglint_using_subcommand version" -l color -d 'When to use colours: NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE and TERM=dumb decide with `auto`' -r -f -a "auto\t''
always\t''
never\t''"
complete -c taglint -n "__fish_taglint_using_subcommand version" -s q -l quiet -d 'Print findings only: no summary, no warnings'
complete -c taglint -n "__fish_taglint_using_subcommand version" -s v -l verbose -d 'Tell which files were left out, and why'
complete -c taglint -n "__fish_taglint_using_subcommand version" -s h -l help -d 'Print help'
complete -c taglint -n "__fish_taglint_using_subcommand help; and not __fish_seen_subcommand_from check effective eval explain rules config baseline merge man completions version help" -f -a "check" -d 'Check files and directories'
complete -c taglint -n "__fish_taglint_using_subcommand help; and not __fish_seen_subcommand_from check effective eval explain rules config baseline merge man completions version help" -f -a "effective" -d 'Show what resources really get: tags with those of the provider, and policies'
complete -c taglint -n "__fish_taglint_using_subcommand help; and not __fish_seen_subcommand_from check effective eval explain rules config baseline merge man completions version help" -f -a "eval" -d 'Evaluate an expression in the scope of a module, as `terraform console` does, without `init`'
complete -c taglint -n "__fish_taglint_using_subcommand help; and not __fish_seen_subcommand_from check effective eval explain rules config baseline merge man completions version help" -f -a "explain" -d 'Explain a rule: what it checks, why, and how to fix what it finds'
complete -c taglint -n "__fish_taglint_using_subcommand help; and not __fish_seen_subcommand_from check effective eval explain rules config baseline merge man completions version help" -f -a "rules" -d 'List all rules'
complete -c taglint -n "__fish_taglint_using_subcommand help; and not __fish_seen_subcommand_from check effective eval explain rules config baseline merge man completions version help" -f -a "config" -d 'Show, describe or create the configuration'
complete -c taglint -n "__fish_taglint_using_subcommand help; and not __fish_seen_subcommand_from check effective eval explain rules config baseline merge man completions version help" -f -a "baseline" -d 'Keep a file of known findings, which are not reported'
complete -c taglint -n "__fish_taglint_using_subcommand help; and not __fish_seen_subcommand_from check effective eval explain rules config baseline merge man completions version help" -f -a "merge" -d 'Merge the reports of several workers into one'
complete -c taglint -n "__fish_taglint_using_subcommand help; and not __fish_seen_subcommand_from check effective eval explain rules config baseline merge man completions version help" -f -a "man" -d 'Print the manual page of taglint, or of one command'
complete -c taglint -n "__fish_taglint_using_subcommand help; and not __fish_seen_subcommand_from check effective eval explain rules config baseline merge man completions version help" -f -a "completions" -d 'Print completions for a shell'
complete -c taglint -n "__fish_taglint_using_subcommand help; and not __fish_seen_subcommand_from check effective eval explain rules config baseline merge man completions version help" -f -a "version" -d 'Print the version, and the dates of the facts'
complete -c taglint -n "__fish_taglint_using_subcommand help; and not __fish_seen_subcommand_from check effective eval explain rules config baseline merge man completions version help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c taglint -n "__fish_taglint_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "show" -d 'Show every setting and where its value comes from'
complete -c taglint -n "__fish_taglint_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "schema" -d 'Print the JSON Schema of `taglint.toml`'
complete -c taglint -n "__fish_taglint_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "files" -d 'List the files that would be checked'
complete -c taglint -n "__fish_taglint_using_subcommand help; and __fish_seen_subcommand_from config" -f -a "init" -d 'Create a `taglint.toml` to start from'
complete -c taglint -n "__fish_taglint_using_subcommand help; and __fish_seen_subcommand_from baseline" -f -a "create" -d 'Write a baseline of all findings'
complete -c taglint -n "__fish_taglint_using_subcommand help; and __fish_seen_subcommand_from baseline" -f -a "update" -d 'Add what is not in the baseline yet'
complete -c taglint -n "__fish_taglint_using_subcommand help; and __fish_seen_subcommand_from baseline" -f -a "prune" -d 'Drop what no finding has any more'
