using Fabrik.Server.Auth;
using Fabrik.Server.Auth.Keys;
using Fabrik.Settings;
using Fabrik.Settings.Schema;
using Fabrik.Settings.Values;
using Fabrik.UnitTests.Tidy;
using Xunit;

namespace Fabrik.UnitTests.Settings;

/// <summary>What a configuration says of the S3 proxy, and what it must not say.</summary>
public sealed class S3ProxySettingsTests : IDisposable
{
    private const string Yaml = """
        s3_proxy:
          bind: "0.0.0.0:8080"
          buckets:
            - name: products
              path_prefix: /products
              s3: { bucket: my-products, region: us-east-1, endpoint: "http://127.0.0.1:9000", access_key: "${KEY}",
                    secret_key: "${SECRET}" }
              auth: { enabled: true }
          jwt:
            algorithm: RS256
            public_key_file: /etc/fabrik/public-key.pem
            token_sources: [ { type: bearer }, { type: query, name: token }, { type: header, name: x-auth-token } ]
            claims: [ { claim: role, operator: equals, value: admin } ]
          cache: { memory: { max_size: 1GB, max_item_size: 10MB }, disk: { dir: /var/cache/fabrik, max_size: 100GB } }
        """;

    private const string Toml = """
        [s3_proxy]
        bind = "0.0.0.0:8080"
        jwt.algorithm = "RS256"
        jwt.public_key_file = "/etc/fabrik/public-key.pem"
        jwt.token_sources = [{ type = "bearer" }, { type = "query", name = "token" },
          { type = "header", name = "x-auth-token" }]
        jwt.claims = [{ claim = "role", operator = "equals", value = "admin" }]
        cache.memory = { max_size = "1GB", max_item_size = "10MB" }
        cache.disk = { dir = "/var/cache/fabrik", max_size = "100GB" }
        [[s3_proxy.buckets]]
        name = "products"
        path_prefix = "/products"
        auth.enabled = true
        [s3_proxy.buckets.s3]
        bucket = "my-products"
        region = "us-east-1"
        endpoint = "http://127.0.0.1:9000"
        access_key = "${KEY}"
        secret_key = "${SECRET}"
        """;

    private const string Json = """
        {"s3_proxy": {
          "bind": "0.0.0.0:8080",
          "buckets": [{"name": "products", "path_prefix": "/products", "auth": {"enabled": true},
            "s3": {"bucket": "my-products", "region": "us-east-1", "endpoint": "http://127.0.0.1:9000",
              "access_key": "${KEY}", "secret_key": "${SECRET}"}}],
          "jwt": {"algorithm": "RS256", "public_key_file": "/etc/fabrik/public-key.pem",
            "token_sources": [{"type": "bearer"}, {"type": "query", "name": "token"},
              {"type": "header", "name": "x-auth-token"}],
            "claims": [{"claim": "role", "operator": "equals", "value": "admin"}]},
          "cache": {"memory": {"max_size": "1GB", "max_item_size": "10MB"},
            "disk": {"dir": "/var/cache/fabrik", "max_size": "100GB"}}}}
        """;

    private const string Bucket = "[[s3_proxy.buckets]]\nname = \"a\"\npath_prefix = \"/a\"\ns3.bucket = \"a\"\n";

    private readonly SettingsFixture _fixture = new();

    [Theory]
    [InlineData("fabrik.yaml", Yaml)]
    [InlineData("fabrik.toml", Toml)]
    [InlineData("fabrik.json", Json)]
    public void Load_TheDocumentedShape_IsTheSameInEveryFormat(string file, string text)
    {
        _fixture.With("KEY", "AKID").With("SECRET", "hush").Folder.Write(file, text);
        EffectiveSettings settings = _fixture.Load();
        Assert.Equal("0.0.0.0:8080", settings.Get(S3ProxySettings.Bind).ToString());
        Assert.Equal(ByteSize.GB(1), settings.Get(S3ProxySettings.MemorySize));
        Assert.Equal("/var/cache/fabrik", settings.Get(S3ProxySettings.Directory));
        EffectiveSettings bucket = Assert.Single(settings.Items(S3ProxySettings.Buckets));
        Assert.Equal("products", bucket.Get(S3ProxyBucketSettings.Name));
        Assert.True(bucket.Get(S3ProxyBucketSettings.AuthEnabled));
        Assert.Equal("my-products", bucket.Get(S3ProxyBucketSettings.Origin.Bucket));
        Assert.Equal("hush", bucket.Get(S3ProxyBucketSettings.Origin.SecretKey));
        S3ProxyJwtSettings jwt = S3ProxySettings.Jwt;
        Assert.Equal(TokenAlgorithm.RS256, settings.Get(jwt.Algorithm));
        Assert.Equal(
            ["Bearer:", "Query:token", "Header:x-auth-token"],
            settings.Items(jwt.Sources).Select(item => $"{item.Get(jwt.SourceType)}:{item.Get(jwt.SourceName)}"),
            StringComparer.Ordinal);
        EffectiveSettings claim = Assert.Single(settings.Items(jwt.Claims));
        Assert.Equal(ClaimOperator.EqualTo, claim.Get(jwt.Operator));
        Assert.Equal(["admin"], claim.Get(jwt.Value));
    }

    [Fact]
    public void Load_TheExampleOfTheRepository_IsRight()
    {
        string example = Path.Join(SourceTree.Root, "examples", "s3-proxy.yaml");
        SettingsOutcome outcome = SettingsLoader.Load(_fixture.Sources(example));
        Assert.Empty(outcome.Errors);
        Assert.Equal(4, outcome.Settings!.Items(S3ProxySettings.Buckets).Count);
    }

    [Theory]
    [InlineData("name = \"b c\"", "buckets[0].name: expected letters")]
    [InlineData("path_prefix = \"a\"", "buckets[0].path_prefix: expected a path such as")]
    [InlineData("path_prefix = \"/a?b\"", "buckets[0].path_prefix: expected a path such as")]
    [InlineData("hosts = [\"http://a\"]", "buckets[0].hosts: expected hosts without scheme")]
    [InlineData("s3.bucket = \"\"", "buckets[0].s3.bucket: expected it or http_origin.url")]
    [InlineData("http_origin.url = \"http://a\"", "buckets[0].http_origin.url: expected only one of it and s3")]
    [InlineData("s3.access_key = \"x\"", "buckets[0].s3.secret_key: expected access_key and secret_key")]
    [InlineData("s3.session_token = \"x\"", "buckets[0].s3.session_token: expected access_key")]
    [InlineData("s3.endpoint = \"http://a/b\"", "buckets[0].s3.endpoint: expected scheme, host and port")]
    [InlineData(
        "s3.replicas = [{ priority = 1 }, { secret_key = \"x\" }]", "buckets[0].s3.replicas[1].secret_key: expected")]
    [InlineData("auth.enabled = true", "buckets[0].auth.enabled: expected one of secret, secret_file")]
    [InlineData(
        "auth.jwt = { secret = \"x\", algorithm = \"RS256\" }", "buckets[0].auth.jwt.algorithm: expected a public key")]
    [InlineData("auth.jwt.token_sources = [{ type = \"query\" }]", "auth.jwt.token_sources[0].name: expected a name")]
    [InlineData(
        "auth.jwt.claims = [{ claim = \"a\", value = 1 }, { claim = \"a\", operator = \"gt\", value = \"x\" }]",
        "buckets[0].auth.jwt.claims[1].value: expected one number, found \"x\"")]
    [InlineData("auth.jwt.claims = [{ claim = \"a\" }]", "auth.jwt.claims[0].value: expected one value, found nothing")]
    [InlineData("cache = { min_ttl = \"2s\", max_ttl = \"1s\" }", "buckets[0].cache.min_ttl: expected at most max_ttl")]
    [InlineData("cors = { allowed_origins = [\"*\"], allow_credentials = true }", "cors.allow_credentials: expected")]
    [InlineData("cors = { allowed_origins = [\"example.com\"] }", "cors.allowed_origins: expected \"*\" or an origin")]
    [InlineData("site.index_document = \"a/b\"", "buckets[0].site.index_document: expected a name")]
    [InlineData("rate_limit.burst = 5", "buckets[0].rate_limit.burst: expected requests_per_second")]
    public void Load_WhatDoesNotFitTogether_IsRefusedWithItsPlace(string line, string problem)
    {
        string name = line[..line.IndexOf(' ', StringComparison.Ordinal)];
        IEnumerable<string> rest = Bucket.Split('\n')
            .Where(kept => !kept.StartsWith($"{name} ", StringComparison.Ordinal));
        Write(string.Join('\n', rest.Append(line)));
        Assert.Contains(problem, Assert.Single(_fixture.Errors()), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_BucketsThatCollide_AreAllNamed()
    {
        Write(Bucket + Bucket + "[[s3_proxy.buckets]]\nname = \"b\"\npath_prefix = \"/a/\"\ns3.bucket = \"b\"");
        Assert.Equal(
            [
                "buckets[1].name: expected a name of its own, found that of buckets[0]",
                "buckets[1].path_prefix: expected a prefix of its own, found that of buckets[0]",
                "buckets[2].path_prefix: expected a prefix of its own, found that of buckets[0]",
                "buckets[2].path_prefix: expected a prefix of its own, found that of buckets[1]",
            ],
            _fixture.Errors().Select(error => error[error.IndexOf("buckets[", StringComparison.Ordinal)..]),
            StringComparer.Ordinal);
    }

    [Fact]
    public void Load_OneHostTwice_IsRefused()
    {
        string other = Bucket.Replace("\"a\"", "\"b\"", StringComparison.Ordinal)
            .Replace("/a", "/b", StringComparison.Ordinal);
        Write($"{Bucket}hosts = [\"a.example\"]\n{other}hosts = [\"A.example\"]\n");
        Assert.EndsWith(
            "buckets[1].hosts: expected hosts of its own, found one of buckets[0]", Assert.Single(_fixture.Errors()));
        Write($"{Bucket}hosts = [\"a.example\"]\n{other}hosts = [\"b.example\"]\n");
        Assert.Equal(2, _fixture.Load().Items(S3ProxySettings.Buckets).Count);
    }

    [Fact]
    public void Load_FromTheEnvironment_MakesABucket()
    {
        _fixture.With("FABRIK_CONFIG_S3_PROXY_BUCKETS_0_NAME", "a")
            .With("FABRIK_CONFIG_S3_PROXY_BUCKETS_0_S3_BUCKET", "bucket")
            .With("FABRIK_CONFIG_S3_PROXY_BUCKETS_0_AUTH_JWT_CLAIMS_0_CLAIM", "role")
            .With("FABRIK_CONFIG_S3_PROXY_BUCKETS_0_AUTH_JWT_CLAIMS_0_OPERATOR", "in")
            .With("FABRIK_CONFIG_S3_PROXY_BUCKETS_0_AUTH_JWT_CLAIMS_0_VALUE", "a,b");
        EffectiveSettings bucket = Assert.Single(_fixture.Load().Items(S3ProxySettings.Buckets));
        S3ProxyJwtSettings jwt = S3ProxyBucketSettings.Jwt;
        Assert.Equal(["a", "b"], Assert.Single(bucket.Items(jwt.Claims)).Get(jwt.Value));
    }

    [Fact]
    public void Reload_OfBuckets_IsHot() => Assert.All(
        S3ProxyBucketSettings.Section.Settings.Cast<Setting>()
            .Concat(S3ProxyBucketSettings.S3.Settings).Concat(S3ProxyBucketSettings.Jwt.Section.Settings),
        setting => Assert.True(setting.IsHot, setting.Key));

    public void Dispose() => _fixture.Dispose();

    private void Write(string toml) => _fixture.Folder.Write("fabrik.toml", toml);
}
