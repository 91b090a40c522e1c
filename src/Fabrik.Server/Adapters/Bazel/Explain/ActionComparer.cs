using System.Globalization;
using Fabrik.Cache;
using Fabrik.Wire.Protos.Bazel.V2;
using Action = Fabrik.Wire.Protos.Bazel.V2.Action;

namespace Fabrik.Server.Adapters.Bazel.Explain;

/// <summary>
/// Compares two actions: what they are made of, which decides their digests, and then what they made. Messages that
/// are not stored are named instead.
/// </summary>
internal sealed class ActionComparer(StoredMessages messages, StoredAction first, StoredAction second)
{
    private readonly DifferenceList _differences = new();

    /// <summary>Compares all that is stored.</summary>
    public async ValueTask<CacheResult<ActionComparison>> CompareAsync(CancellationToken cancellationToken)
    {
        if (IsKnown("the action's message", first.Message, second.Message))
        {
            CompareActions(first.Message!, second.Message!);
            if (IsKnown("the message of its command", first.Command, second.Command))
            {
                CompareCommands(first.Command!, second.Command!);
            }

            var inputs = new InputComparer(messages, (first.Reader, second.Reader), _differences);
            var compared = await inputs.CompareAsync(
                first.Message!.InputRootDigest, second.Message!.InputRootDigest, cancellationToken);
            if (compared is { } error)
            {
                return error;
            }
        }

        var (left, right) = (ResultOf(first), ResultOf(second));
        if (IsKnown("a result", left, right))
        {
            CompareResults(left!, right!);
        }

        return _differences.ToComparison();
    }

    private static ActionResult? ResultOf(StoredAction stored) =>
        stored.Results.Select(static placed => placed.Found.Result).FirstOrDefault(static result => result is not null);

    private bool IsKnown(string what, object? left, object? right)
    {
        if (left is null)
        {
            _differences.Add($"{what} is not in the cache for the first action");
        }

        if (right is null)
        {
            _differences.Add($"{what} is not in the cache for the second action");
        }

        return left is not null && right is not null;
    }

    private void CompareActions(Action left, Action right)
    {
        _differences.Add("action", "timeout", left.Timeout?.ToString(), right.Timeout?.ToString());
        _differences.Add("action", "do_not_cache", Text(left.DoNotCache), Text(right.DoNotCache));
        _differences.Add("action", "salt", Hex(left.Salt), Hex(right.Salt));
        _differences.AddNamed("property", PropertiesOf(first), PropertiesOf(second));
    }

    private void CompareCommands(Command left, Command right)
    {
        _differences.AddListed("argument", left.Arguments, right.Arguments);
        _differences.AddNamed(
            "environment",
            left.EnvironmentVariables.Select(static variable => KeyValuePair.Create(variable.Name, variable.Value)),
            right.EnvironmentVariables.Select(static variable => KeyValuePair.Create(variable.Name, variable.Value)));
        _differences.Add("action", "working_directory", left.WorkingDirectory, right.WorkingDirectory);
        _differences.AddListed("output path", OutputsOf(left), OutputsOf(right));
    }

    // Clients of older versions of the API send some of it elsewhere.
#pragma warning disable CS0612
    private static string[] OutputsOf(Command command) =>
        [.. command.OutputPaths, .. command.OutputFiles, .. command.OutputDirectories];

    private static IEnumerable<KeyValuePair<string, string>> PropertiesOf(StoredAction stored) =>
        ((stored.Message?.Platform ?? stored.Command?.Platform)?.Properties ?? [])
            .Select(static property => KeyValuePair.Create(property.Name, property.Value));
#pragma warning restore CS0612

    private void CompareResults(ActionResult left, ActionResult right)
    {
        _differences.Add("result", "exit_code", Text(left.ExitCode), Text(right.ExitCode));
        _differences.Add("result", "stdout", Text(left.StdoutDigest), Text(right.StdoutDigest));
        _differences.Add("result", "stderr", Text(left.StderrDigest), Text(right.StderrDigest));
        _differences.AddNamed("output", OutputsOf(left), OutputsOf(right));
    }

    private static IEnumerable<KeyValuePair<string, string>> OutputsOf(ActionResult result) =>
    [
        .. result.OutputFiles.Select(static file => KeyValuePair.Create(
            file.Path, file.IsExecutable ? $"{Text(file.Digest)} executable" : Text(file.Digest) ?? "")),
        .. result.OutputDirectories.Select(static folder => KeyValuePair.Create(
            folder.Path, $"tree {Text(folder.TreeDigest ?? folder.RootDirectoryDigest)}")),
        .. result.OutputSymlinks.Select(static link => KeyValuePair.Create(link.Path, $"-> {link.Target}")),
    ];

    private static string? Text(Digest? digest) => digest is null ? null : $"{digest.Hash}/{digest.SizeBytes}";

    private static string Text(bool value) => value ? "true" : "false";

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string? Hex(Google.Protobuf.ByteString bytes) =>
        bytes.IsEmpty ? null : Convert.ToHexStringLower(bytes.Span);
}
