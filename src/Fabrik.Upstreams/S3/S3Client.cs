using System.Diagnostics;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;

namespace Fabrik.Upstreams.S3;

/// <summary>Sets the SDK up: what AWS and servers like it all accept, and nothing tried twice.</summary>
internal static class S3Client
{
    private const string DefaultRegion = "us-east-1";

    /// <summary>A client over an HTTP client, which stays the caller's.</summary>
    public static AmazonS3Client Create(S3Options options, HttpClient http)
    {
        var config = Configure(options);
        config.HttpClientFactory = new OneHttpClient(http);
        return options switch
        {
            { Anonymous: true } or { Bearer: not null } => new AmazonS3Client(new AnonymousAWSCredentials(), config),
            { AccessKey: { } key, SessionToken: { } token } =>
                new AmazonS3Client(new SessionAWSCredentials(key, options.SecretKey, token), config),
            { AccessKey: { } key } => new AmazonS3Client(new BasicAWSCredentials(key, options.SecretKey), config),
            _ => new AmazonS3Client(config),
        };
    }

    /// <summary>The client that requests go out by.</summary>
    public static HttpClient CreateHttp(S3Options options)
    {
        var sockets = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectTimeout = options.ConnectTimeout,
            MaxConnectionsPerServer = options.MaxConnections,
            // A server's address may change: connections are not kept for ever.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
            // A header that nobody signed is refused by some servers.
            ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        };
        return new HttpClient(new S3RequestHandler(options, sockets))
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    private static AmazonS3Config Configure(S3Options options)
    {
        var region = options.Region
            ?? Environment.GetEnvironmentVariable("AWS_REGION")
            ?? Environment.GetEnvironmentVariable("AWS_DEFAULT_REGION")
            ?? DefaultRegion;
        var config = new AmazonS3Config
        {
            ForcePathStyle = options.PathStyle ?? options.Endpoint is not null,
            // Checksums of the SDK's own come as trailers that servers other than AWS refuse; artifacts have theirs.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            MaxErrorRetry = 0,
            MaxStaleConnectionRetries = 1,
            Timeout = Timeout.InfiniteTimeSpan,
            DisableLogging = true,
            DisableS3ExpressSessionAuth = true,
            DisableMultiregionAccessPoints = true,
        };
        if (options.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.GetLeftPart(UriPartial.Authority);
            config.AuthenticationRegion = region;
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(region);
        }

        return config;
    }

    private sealed class OneHttpClient(HttpClient http) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => http;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }
}
