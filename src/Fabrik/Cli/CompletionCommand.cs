using System.CommandLine;

namespace Fabrik.Cli;

/// <summary>
/// <c>fabrik completion SHELL</c>: prints a script that completes command lines. The scripts only ask the binary, by
/// its directive <c>[suggest:POSITION]</c>, so they never have to be renewed.
/// </summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal)
    {
        ["bash"] = """
            # eval "$(fabrik completion bash)"
            _fabrik() {
                local IFS=$'\n'
                local words="$(fabrik "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)"
                COMPREPLY=($(compgen -W "$words" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _fabrik fabrik
            """,
        ["zsh"] = """
            # eval "$(fabrik completion zsh)"
            _fabrik() {
                local -a words_found
                words_found=("${(@f)$(fabrik "[suggest:${#BUFFER}]" "$BUFFER" 2>/dev/null)}")
                compadd -- $words_found || _files
            }
            compdef _fabrik fabrik
            """,
        ["fish"] = """
            # fabrik completion fish | source
            complete -c fabrik -a '(fabrik "[suggest:"(commandline -C)"]" (commandline -cp) 2>/dev/null)'
            """,
        ["pwsh"] = """
            # fabrik completion pwsh | Out-String | Invoke-Expression
            Register-ArgumentCompleter -Native -CommandName fabrik -ScriptBlock {
                param($word, $line, $position)
                fabrik "[suggest:$position]" "$line" 2>$null | Where-Object { $_ -like "$word*" } |
                    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
            }
            """,
    };

    /// <summary>Makes the command.</summary>
    public static Command Create(CommandContext context)
    {
        Argument<string> shell = new("shell") { Description = string.Join(", ", Scripts.Keys) };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        Command command = new("completion", "Print a script by which a shell completes command lines.") { shell };
        command.SetAction(result => context.Terminal.Output.WriteLine(Scripts[result.GetValue(shell)!]));
        return command;
    }
}
