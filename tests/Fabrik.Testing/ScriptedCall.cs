namespace Fabrik.Testing;

/// <summary>One call to a <see cref="ScriptedTier"/>.</summary>
/// <param name="Number">Which call of its operation it is, from 1.</param>
/// <param name="Token">The token that came with it.</param>
public sealed record ScriptedCall(int Number, CancellationToken Token);
