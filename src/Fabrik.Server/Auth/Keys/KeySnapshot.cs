using System.Collections.Frozen;
using Fabrik.Server.Auth.Tokens;

namespace Fabrik.Server.Auth.Keys;

/// <summary>
/// The keys of one moment, with the tokens they verified: taking a key away takes back at once what it vouched for.
/// Keys hold handles that are freed by their finalizers, since requests may still use a snapshot after its time.
/// </summary>
internal sealed class KeySnapshot
{
    private readonly FrozenDictionary<(string Kid, TokenAlgorithm Algorithm), VerificationKey[]> _byKid;
    private readonly FrozenDictionary<TokenAlgorithm, VerificationKey[]> _unnamed;
    private readonly FrozenDictionary<TokenAlgorithm, VerificationKey[]> _all;
    private readonly FrozenSet<string> _kids;

    public KeySnapshot(IReadOnlyList<VerificationKey> keys, int verdicts)
    {
        Keys = keys;
        Verdicts = new VerdictCache(verdicts);
        _kids = keys.Where(key => key.Kid is not null).Select(key => key.Kid!).ToFrozenSet(StringComparer.Ordinal);
        _byKid = keys.Where(key => key.Kid is not null)
            .GroupBy(key => (key.Kid!, key.Algorithm)).ToFrozenDictionary(group => group.Key, Candidates);
        _unnamed = keys.Where(key => key.Kid is null)
            .GroupBy(key => key.Algorithm).ToFrozenDictionary(group => group.Key, Candidates);
        _all = keys.GroupBy(key => key.Algorithm).ToFrozenDictionary(group => group.Key, Candidates);
    }

    /// <summary>All keys.</summary>
    public IReadOnlyList<VerificationKey> Keys { get; }

    /// <summary>What these keys have verified.</summary>
    public VerdictCache Verdicts { get; }

    /// <summary>
    /// The keys that a token may be tried with, all of its algorithm: those of its <c>kid</c>, or else the ones
    /// without a name; a token without <c>kid</c> is tried with any. Never more than eight.
    /// </summary>
    public ReadOnlySpan<VerificationKey> Find(TokenHeader header)
    {
        if (header.Kid is null)
        {
            return _all.GetValueOrDefault(header.Algorithm);
        }

        return _kids.Contains(header.Kid)
            ? _byKid.GetValueOrDefault((header.Kid, header.Algorithm))
            : _unnamed.GetValueOrDefault(header.Algorithm);
    }

    /// <summary>Whether a key of that name is here, or none was asked for.</summary>
    public bool Knows(string? kid) => kid is null || _kids.Contains(kid);

    private static VerificationKey[] Candidates(IEnumerable<VerificationKey> keys) =>
        [.. keys.Take(AuthLimits.CandidateKeys)];
}
