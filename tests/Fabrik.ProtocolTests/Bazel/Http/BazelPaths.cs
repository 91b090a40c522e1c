using System.Security.Cryptography;

namespace Fabrik.ProtocolTests.Bazel.Http;

/// <summary>Paths as Bazel makes them.</summary>
internal static class BazelPaths
{
    public const string EmptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// <summary>The hash of some action; results are kept under it, whatever they are.</summary>
    public const string Action = "01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b";

    public static string HashOf(byte[] blob) => Convert.ToHexStringLower(SHA256.HashData(blob));

    public static string Of(byte[] blob, string instance = "") => $"{instance}/cas/{HashOf(blob)}";
}
