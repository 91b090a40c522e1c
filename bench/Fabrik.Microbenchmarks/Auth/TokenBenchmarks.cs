using System.Security.Cryptography;
using System.Text;
using BenchmarkDotNet.Attributes;
using Fabrik.Server.Auth;
using Fabrik.Server.Auth.Tokens;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fabrik.Microbenchmarks.Auth;

/// <summary>
/// What a request pays for its token, from its headers to the principal: one seen before, and one that was not.
/// </summary>
[MemoryDiagnoser]
[MinColumn]
[MedianColumn]
public class TokenBenchmarks
{
    // Many more than the smallest cache of verdicts holds, so that none is found there again.
    private const int NewTokens = 4096;

    private readonly HttpRequest[] _rs256 = new HttpRequest[NewTokens];
    private readonly HttpRequest[] _es256 = new HttpRequest[NewTokens];
    private Authentication _warm = null!;
    private Authentication _cold = null!;
    private byte[] _token = [];
    private int _next;

    /// <summary>Makes keys and tokens as an issuer of CI tokens does: about 600 characters each.</summary>
    [GlobalSetup]
    public async Task SetupAsync()
    {
        using var rsa = RSA.Create(2048);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        AuthOptions options = new()
        {
            PublicKey = $"{rsa.ExportSubjectPublicKeyInfoPem()}\n{ec.ExportSubjectPublicKeyInfoPem()}",
            Issuer = "https://issuer.example",
            Audience = ["fabrik"],
            TenantClaim = "project_id",
        };
        _warm = await CreateAsync(options);
        _cold = await CreateAsync(options with { VerdictCacheSize = 1 });
        _token = Encoding.ASCII.GetBytes(TokenSigner.Sign(rsa, "2030-a", Claims(0)));
        for (var i = 0; i < NewTokens; i++)
        {
            _rs256[i] = Request(TokenSigner.Sign(rsa, "2030-a", Claims(i)));
            _es256[i] = Request(TokenSigner.Sign(ec, "2030-b", Claims(i)));
        }
    }

    [GlobalCleanup]
    public async Task CleanupAsync()
    {
        await _warm.DisposeAsync();
        await _cold.DisposeAsync();
    }

    [Benchmark(Baseline = true)]
    public CachePrincipal Seen() => Decide(_warm, _rs256[0]);

    /// <summary>The hash of the token alone, by which verdicts are found: the floor of <see cref="Seen"/>.</summary>
    [Benchmark]
    public byte HashAlone()
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_token, digest);
        return digest[0];
    }

    [Benchmark]
    public CachePrincipal NewRs256() => Decide(_cold, Next(_rs256));

    [Benchmark]
    public CachePrincipal NewEs256() => Decide(_cold, Next(_es256));

    // A benchmark of refusals would be fast and worth nothing.
    private static CachePrincipal Decide(Authentication authentication, HttpRequest request) =>
        authentication.Authenticate(request).TryGet(out var principal)
            ? principal
            : throw new InvalidOperationException("refused");

    private HttpRequest Next(HttpRequest[] requests) => requests[_next++ % NewTokens];

    private static byte[] Claims(int number) => Encoding.UTF8.GetBytes($$"""
        {"iss":"https://issuer.example","sub":"repo:owner/name:ref:refs/heads/main","aud":"fabrik","iat":1700000000,
         "exp":4102444800,"jti":"{{number:x8}}-0000-4000-8000-000000000000","project_id":456,
         "permissions":["cache:read","cache:write"]}
        """);

    private static HttpRequest Request(string token)
    {
        DefaultHttpContext context = new();
        context.Request.Headers.Authorization = $"Bearer {token}";
        return context.Request;
    }

    private static async Task<Authentication> CreateAsync(AuthOptions options)
    {
        AuthServices services = new(TimeProvider.System, NullLoggerFactory.Instance);
        var result = await Authentication.CreateAsync(options, services, CancellationToken.None);
        return result.TryGet(out var authentication)
            ? authentication
            : throw new InvalidOperationException(string.Join('\n', result.Errors));
    }
}
