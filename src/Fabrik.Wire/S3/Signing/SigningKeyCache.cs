using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Fabrik.Wire.S3.Signing;

/// <summary>
/// Derived signing keys. One is good for a day, a region, a service and a secret, and costs four HMACs to derive.
/// Safe to share between threads.
/// </summary>
/// <param name="capacity">How many keys are kept; when that many are there all are dropped, since days pass.</param>
public sealed class SigningKeyCache(int capacity = 256)
{
    private readonly ConcurrentDictionary<(int Day, string Region, string Service, string Secret), byte[]> _keys =
        new();

    /// <summary>The key for a scope.</summary>
    /// <param name="scope">Day, region and service.</param>
    /// <param name="secret">The secret half of the access key.</param>
    internal byte[] Get(in CredentialScope scope, string secret)
    {
        var name = (scope.Day, scope.Region, scope.Service, secret);
        if (_keys.TryGetValue(name, out var key))
        {
            return key;
        }

        key = Derive(scope, secret);
        if (_keys.Count >= capacity)
        {
            _keys.Clear();
        }

        _keys.TryAdd(name, key);
        return key;
    }

    private static byte[] Derive(in CredentialScope scope, string secret)
    {
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        var day = HMACSHA256.HashData(key, Encoding.ASCII.GetBytes(
            scope.Day.ToString("D8", CultureInfo.InvariantCulture)));
        var region = HMACSHA256.HashData(day, Encoding.UTF8.GetBytes(scope.Region));
        var service = HMACSHA256.HashData(region, Encoding.UTF8.GetBytes(scope.Service));
        return HMACSHA256.HashData(service, "aws4_request"u8);
    }
}

/// <summary>What a derived key is good for.</summary>
/// <param name="Day">The UTC day as a number, 20130524.</param>
/// <param name="Region">The region, as <c>us-east-1</c>.</param>
/// <param name="Service">The service, as <c>s3</c>.</param>
public readonly record struct CredentialScope(int Day, string Region, string Service)
{
    /// <summary>The text in a credential and in a string to sign.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Day:D8}/{Region}/{Service}/aws4_request");
}
