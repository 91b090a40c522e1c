using Fabrik.Server.Adapters.Bazel.Explain;
using Fabrik.Server.Auth;

namespace Fabrik.Server.Adapters.Bazel;

/// <summary>What a client asks of the action cache.</summary>
/// <param name="Principal">Who asks.</param>
/// <param name="Key">The action.</param>
/// <param name="Labels">What it is for, as the client says.</param>
internal readonly record struct ActionRequest(CachePrincipal Principal, ActionKey Key, RequestLabels Labels);
