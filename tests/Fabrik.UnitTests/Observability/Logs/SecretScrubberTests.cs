using Fabrik.Observability.Logs;
using Xunit;

namespace Fabrik.UnitTests.Observability.Logs;

public sealed class SecretScrubberTests
{
    [Theory]
    [InlineData("Authorization: Bearer abc.DEF_123-~+/=", "Authorization: Bearer ***")]
    [InlineData("Authorization: bearer abc, next", "Authorization: bearer ***, next")]
    [InlineData("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic ***")]
    [InlineData("Bearer Bearer abc", "Bearer Bearer ***")]
    [InlineData("token=Bearer abc", "token=Bearer ***")]
    [InlineData("\"Bearer abc\"", "\"Bearer ***\"")]
    public void Header_WithACredential_KeepsItsScheme(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("got eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln.", "got ***")]
    [InlineData("'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln'", "'***'")]
    [InlineData("keyJ_token=abc", "keyJ_token=***")]
    [InlineData("eyJ/and then?token=abc", "eyJ/and then?token=***")]
    public void JsonWebToken_AnywhereInText_IsStars(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("GET /v8/artifacts?slug=x&token=abc&team=y", "GET /v8/artifacts?slug=x&token=***&team=y")]
    [InlineData("?access_token=a%2Fb#top", "?access_token=***")]
    [InlineData("?X-Amz-Signature=0a1b&X-Amz-Security-Token=c3d", "?X-Amz-Signature=***&X-Amz-Security-Token=***")]
    [InlineData("?sv=2020&sig=a%2Bb%3D", "?sv=2020&sig=***")]
    [InlineData("Host=db;Password=p@ss!w{o}rd;User=me", "Host=db;Password=***;User=me")]
    [InlineData("client_secret=\"abc\"", "client_secret=\"***\"")]
    [InlineData("token=", "token=")]
    [InlineData("token=&password=abc", "token=&password=***")]
    public void Parameter_ThatNamesASecret_KeepsItsName(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("https://me:hunter2@cache.example/x", "https://***@cache.example/x")]
    [InlineData("https://ghp_abc@cache.example", "https://***@cache.example")]
    [InlineData("redis://:p@ss@cache:6379/0", "redis://***@cache:6379/0")]
    [InlineData("http://a:b@one/ and http://c:d@two/", "http://***@one/ and http://***@two/")]
    [InlineData("https://cache.example/@scope/name", "https://cache.example/@scope/name")]
    [InlineData("https://cache.example?mail=a@b", "https://cache.example?mail=a@b")]
    public void Address_WithAUser_KeepsItsHost(string text, string expected) => Check(text, expected);

    [Theory]
    [InlineData("")]
    [InlineData("An artifact of 5 MB was stored under ac/0123")]
    [InlineData("keyjar.json and eyJaguar")]
    [InlineData("the bearer")]
    [InlineData("http://127.0.0.1:8080/healthz")]
    public void Text_WithoutSecrets_IsTheSameObject(string text) => Assert.Same(text, SecretScrubber.Scrub(text));

    [Fact]
    public void Scrub_OfAnyTextAroundASecret_LeavesNoneOfIt()
    {
        const int Seed = 20_300_102;
        const string Secret = "S3cretS3cret";
        Random random = new(Seed);
        string[] pieces =
        [
            "Bearer ", "Basic ", "?token=", "&password=", "eyJ", "://", "@", " ", "/", ".", "x", "key", "\n", "\"", "=",
        ];
        string[] marks = ["Bearer ", "Basic ", "&token=", ";password="];
        for (int i = 0; i < 20_000; i++)
        {
            string before = string.Concat(random.GetItems(pieces, random.Next(6)));
            string text = before + random.GetItems(marks, 1)[0] + Secret + string.Concat(random.GetItems(pieces, 3));
            string clean = SecretScrubber.Scrub(text);
            bool isLeft = clean.Contains(Secret, StringComparison.Ordinal);
            Assert.False(isLeft, $"seed {Seed}, iteration {i}: '{text}' gives '{clean}'");
            Assert.Equal(clean, SecretScrubber.Scrub(clean));
        }
    }

    private static void Check(string text, string expected) => Assert.Equal(expected, SecretScrubber.Scrub(text));
}
