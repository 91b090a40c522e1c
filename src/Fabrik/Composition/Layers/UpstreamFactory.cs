using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Fabrik.Cache;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Fabrik.Upstreams.Ci;
using Fabrik.Upstreams.FabrikServer;
using Fabrik.Upstreams.GitHubActions;
using Fabrik.Upstreams.Http;
using Fabrik.Upstreams.Objects;
using Fabrik.Upstreams.Rpc;
using Fabrik.Upstreams.S3;

namespace Fabrik.Composition.Layers;

/// <summary>Makes the tier of one upstream: one line for each kind of URL.</summary>
internal sealed class UpstreamFactory(
    EffectiveSettings item, UpstreamToken token, ObjectMetrics metrics, UpstreamWorld world)
{
    // Paths under which bazel-remote and its like take 64 hex digits and nothing else.
    private static readonly string[] FlatPaths = ["/ac/", "/cas/"];

    // An upstream that moved or lost its line says nothing: calls go on into the dead connection until it is noticed.
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(5);

    // What one transfer may have on its way: 80 MB/s over a line of 50 ms.
    private const int Window = 4 * 1024 * 1024;

    private readonly Uri _url = item.Get(UpstreamSettings.Url)!;

    /// <summary>Makes it; null after adding why not.</summary>
    public ICacheTier? Create(List<string> problems)
    {
        try
        {
            return _url.Scheme switch
            {
                "grpc" or "grpcs" => Fabrik(),
                "s3" or "gs" => Bucket(),
                "http" or "https" => Http(),
                _ => Ci(problems),
            };
        }
        catch (Exception e) when (e is ArgumentException or IOException or UnauthorizedAccessException
            or InvalidDataException or CryptographicException)
        {
            problems.Add($"{UpstreamSettings.Url.Key}: {UpstreamRules.NameOf(item)}: {e.Message}");
            return null;
        }
    }

    private FabrikServerTier Fabrik() => FabrikServerTier.Create(new FabrikServerOptions
    {
        Name = UpstreamRules.NameOf(item),
        Address = _url,
        Token = token.Current,
        ChecksDigests = false, // whoever stores the bytes does
        Channel = new GrpcChannelOptions
        {
            ConnectTimeout = item.Get(UpstreamSettings.ConnectTimeout),
            KeepAlivePingDelay = PingDelay,
            KeepAlivePingTimeout = PingDelay,
            InitialStreamWindowSize = Window,
            Tls = new GrpcTlsOptions { Authorities = Authorities() },
            TimeProvider = world.Time,
        },
    });

    private ICacheTier Bucket()
    {
        bool isGoogle = _url.Scheme == "gs";
        string path = Uri.UnescapeDataString(_url.AbsolutePath).TrimStart('/');
        string accessKey = item.Get(UpstreamSettings.AccessKey);
        return S3Upstream.Create(
            new S3Options
            {
                Bucket = _url.Host,
                Prefix = path + item.Get(UpstreamSettings.Prefix),
                Endpoint = item.Get(UpstreamSettings.Endpoint) ?? (isGoogle ? S3Options.GoogleEndpoint : null),
                Region = NullIfEmpty(item.Get(UpstreamSettings.Region)),
                PathStyle = item.Get(UpstreamSettings.PathStyle),
                AccessKey = NullIfEmpty(accessKey),
                SecretKey = NullIfEmpty(item.Get(UpstreamSettings.SecretKey)),
                SessionToken = NullIfEmpty(item.Get(UpstreamSettings.SessionToken)),
                Anonymous = item.Get(UpstreamSettings.Anonymous),
                Bearer = isGoogle && accessKey.Length == 0 ? Bearer() : null,
                ConnectTimeout = item.Get(UpstreamSettings.ConnectTimeout),
            },
            metrics,
            world.Time);
    }

    // auth.token is for Fabriks: a bucket is only shown what was set for it.
    private BearerToken? Bearer() =>
        item.Get(UpstreamSettings.TokenFile) is { Length: > 0 } file ? BearerToken.FromFile(file, world.Time) : null;

    private ICacheTier Http()
    {
        if (!HttpStoreOptions.TryParse(_url.OriginalString, out HttpStoreOptions? options, out string? error))
        {
            throw new InvalidDataException(error);
        }

        return HttpUpstream.Create(
            options with
            {
                Layout = FlatPaths.Any(path => options.BaseUrl.AbsolutePath.EndsWith(path, StringComparison.Ordinal))
                    ? HttpKeyLayout.Flat
                    : HttpKeyLayout.Folders,
                Credential = options.Credential ?? Credential,
                Link = new HttpLinkOptions
                {
                    Authorities = Authorities(),
                    ConnectTimeout = item.Get(UpstreamSettings.ConnectTimeout),
                },
                Time = world.Time,
            },
            metrics,
            world.Time);
    }

    private ValueTask<HttpCredential?> Credential(CancellationToken cancellationToken) =>
        ValueTask.FromResult(token.Current() is { } text ? HttpCredential.Bearer(text) : null);

    private ICacheTier? Ci(List<string> problems)
    {
        DetectedCi? ci = CiDetection.Detect(world.Environment.Find);
        switch (_url.Scheme, ci)
        {
            case ("github-actions", { GitHub: { } github }):
                return GitHubUpstream.Create(github with { Time = world.Time }, metrics, world.Time);
            case ("gitlab", { GitLabPackages: { } packages }):
                return HttpUpstream.Create(packages with { Time = world.Time }, metrics, world.Time);
            default:
                string found = ci?.Summary ?? "this is no job of a CI service that is known";
                problems.Add($"{UpstreamSettings.Url.Key}: {_url.Scheme}:// cannot be used: {found}");
                return null;
        }
    }

    private X509Certificate2Collection? Authorities()
    {
        string file = item.Get(UpstreamSettings.CaFile);
        if (file.Length == 0)
        {
            return null;
        }

        X509Certificate2Collection authorities = [];
        authorities.ImportFromPemFile(file);
        return authorities.Count > 0
            ? authorities
            : throw new InvalidDataException($"{UpstreamSettings.CaFile.Name}: {file} holds no certificate in PEM");
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
