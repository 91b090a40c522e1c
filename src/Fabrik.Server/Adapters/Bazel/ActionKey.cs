using Fabrik.Cache.Artifacts;
using Fabrik.Wire.Bazel;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>What a result is kept under, by whichever door it came.</summary>
/// <param name="Instance">The instance that it belongs to: results of different ones never meet.</param>
/// <param name="Hash">The action's hash, which decides its size; the HTTP protocol does not say a size.</param>
internal readonly record struct ActionKey(string Instance, string Hash)
{
    /// <summary>The namespace of the ids; see <see cref="ArtifactKey"/>.</summary>
    public const string Namespace = "bazel-ac";

    /// <summary>The key of an action in an instance.</summary>
    public ActionKey(string instance, BlobDigest action)
        : this(instance, action.Hash)
    {
    }

    /// <summary>The id in one tenant's scope.</summary>
    public ArtifactId IdIn(string tenant, string scope) =>
        ArtifactKey.IdOf(tenant, scope, Namespace, ToString());

    /// <summary><c>instance/hash</c>.</summary>
    public override string ToString() => $"{Instance}/{Hash}";
}
