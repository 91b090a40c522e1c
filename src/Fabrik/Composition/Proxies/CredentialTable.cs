using Fabrik.Proxies.Origins;
using Fabrik.Wire.S3.Signing;

namespace Fabrik.Composition.Proxies;

/// <summary>
/// What requests to buckets are signed with. The same keys give the same delegate after a reload, by which an origin
/// that did not change is known and keeps its connections.
/// </summary>
/// <param name="chain">The credentials that AWS's tools find, for buckets without keys of their own.</param>
internal sealed class CredentialTable(OriginCredentials chain)
{
    private Dictionary<(string, string, string), OriginCredentials> _kept = [];
    private Dictionary<(string, string, string), OriginCredentials> _used = [];

    /// <summary>The credentials of these keys; those of the chain without an access key.</summary>
    public OriginCredentials Of(string accessKey, string secretKey, string sessionToken)
    {
        if (accessKey.Length == 0)
        {
            return chain;
        }

        (string, string, string) key = (accessKey, secretKey, sessionToken);
        if (!_used.TryGetValue(key, out OriginCredentials? found) && !_kept.TryGetValue(key, out found))
        {
            SigningCredentials own = new(accessKey, secretKey, sessionToken.Length > 0 ? sessionToken : null);
            found = _ => new ValueTask<SigningCredentials?>(own);
        }

        _used[key] = found;
        return found;
    }

    /// <summary>Forgets keys that were not asked for since it was called last.</summary>
    public void Settle() => (_kept, _used) = (_used, []);
}
