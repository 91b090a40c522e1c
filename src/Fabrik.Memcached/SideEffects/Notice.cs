using Fabrik.Wire.Memcached;

namespace Fabrik.Memcached.SideEffects;

/// <summary>What is told of a request.</summary>
/// <param name="Verb">What it did.</param>
/// <param name="Key">Its key.</param>
/// <param name="Outcome">What was answered.</param>
/// <param name="Time">When.</param>
internal readonly record struct Notice(Verb Verb, byte[] Key, ReplyKind Outcome, DateTimeOffset Time);
