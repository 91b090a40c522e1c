using Fabrik.Wire.Bazel;
using Fabrik.Wire.Protos.Bazel.V2;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>What the result of an action must be like to be stored.</summary>
internal static class ActionResultRules
{
    /// <summary>Says what is wrong with a result and where; <see langword="null"/> if nothing is.</summary>
    public static string? FindFault(ActionResult result)
    {
        foreach (var file in result.OutputFiles)
        {
            if (FaultOf(file.Digest, file.Path) is { } fault)
            {
                return fault;
            }
        }

        foreach (var folder in result.OutputDirectories)
        {
            var (hasTree, hasRoot) = (IsGiven(folder.TreeDigest), IsGiven(folder.RootDirectoryDigest));
            var fault = hasTree || !hasRoot ? FaultOf(folder.TreeDigest, folder.Path) : null;
            fault ??= hasRoot ? FaultOf(folder.RootDirectoryDigest, folder.Path) : null;
            if (fault is not null)
            {
                return fault;
            }
        }

        return (IsGiven(result.StdoutDigest) ? FaultOf(result.StdoutDigest, "stdout") : null)
            ?? (IsGiven(result.StderrDigest) ? FaultOf(result.StderrDigest, "stderr") : null);
    }

    /// <summary>Whether an optional digest is there: some clients send one without anything in it instead.</summary>
    public static bool IsGiven(Digest? digest) =>
        digest is { } given && (given.Hash.Length > 0 || given.SizeBytes != 0);

    private static string? FaultOf(Digest? digest, string path) =>
        BlobDigest.TryParse(digest, out _, out var error) ? null : $"the digest of \"{path}\" is wrong: {error}";
}
