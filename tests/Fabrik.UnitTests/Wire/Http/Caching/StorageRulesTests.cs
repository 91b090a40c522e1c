using Fabrik.Wire.Http.Caching;
using Xunit;
using static Fabrik.UnitTests.Wire.Http.Caching.Exchanges;

namespace Fabrik.UnitTests.Wire.Http.Caching;

public sealed class StorageRulesTests
{
    private const string Fresh = "Cache-Control: max-age=60";

    [Theory]
    [InlineData("", StorageRefusal.None)]
    [InlineData("no-store", StorageRefusal.NoStore)]
    [InlineData("no-store, must-understand", StorageRefusal.None)]
    [InlineData("private", StorageRefusal.Private)]
    [InlineData("private=\"x\"", StorageRefusal.None)]
    [InlineData("no-cache", StorageRefusal.Useless)]
    public void Directives_OfTheResponse_AreHeeded(string more, StorageRefusal expected) =>
        Assert.Equal(expected, Check(Get($"{Fresh}, {more}")));

    [Theory]
    [InlineData("max-age=0")]
    [InlineData("max-age=soon")]
    [InlineData("public")]
    public void NeverFresh_WithoutValidator_IsUseless(string value)
    {
        Assert.Equal(StorageRefusal.Useless, Check(Get("Cache-Control: " + value)));
        Assert.Equal(StorageRefusal.None, Check(Get("Cache-Control: " + value, "ETag: \"a\"")));
        Assert.Equal(StorageRefusal.None, Check(Get("Cache-Control: " + value, "Last-Modified: " + DateAt(-9))));
        Assert.Equal(StorageRefusal.None, Check(Get($"Cache-Control: {value}, stale-if-error=9")));
    }

    [Fact]
    public void Nothing_AboutFreshness_IsUseless() => Assert.Equal(StorageRefusal.Useless, Check(Get("X: y")));

    [Theory]
    [InlineData(200, true, true)]
    [InlineData(204, true, true)]
    [InlineData(404, true, true)]
    [InlineData(410, true, true)]
    [InlineData(201, false, true)]
    [InlineData(302, false, true)]
    [InlineData(403, false, true)]
    [InlineData(500, false, true)]
    [InlineData(599, false, true)]
    [InlineData(304, false, false)]
    [InlineData(103, false, false)]
    public void Status_DecidesWhetherALifetimeMayBeGuessed(int status, bool guessed, bool given)
    {
        string[] unsaid = ["Last-Modified: " + DateAt(-1000), "Date: " + DateAt(0)];
        var refusal = given ? StorageRefusal.NotCacheable : StorageRefusal.Status;
        Assert.Equal(guessed ? StorageRefusal.None : refusal, Check(Get(unsaid) with { Status = status }));
        Assert.Equal(given ? StorageRefusal.None : refusal, Check(Get(Fresh) with { Status = status }));
        Assert.Equal(
            given ? StorageRefusal.None : refusal,
            Check(Get([.. unsaid, "Cache-Control: public"]) with { Status = status }));
    }

    [Fact]
    public void Status_ThatIsNotUnderstood_IsNotStoredWhereItMustBe() => Assert.Equal(
        StorageRefusal.NotUnderstood,
        Check(Get(Fresh + ", no-store, must-understand") with { Status = 599 }));

    [Theory]
    [InlineData("max-age=60", StorageRefusal.Authorization)]
    [InlineData("max-age=60, public", StorageRefusal.None)]
    [InlineData("max-age=60, must-revalidate", StorageRefusal.None)]
    [InlineData("s-maxage=60", StorageRefusal.None)]
    public void Authorization_OfTheRequest_NeedsConsent(string value, StorageRefusal expected) => Assert.Equal(
        expected,
        Check(Get("Cache-Control: " + value) with { RequestHeaders = Fields("authorization: Bearer x") }));

    [Fact]
    public void NoStore_OfTheRequest_IsHeeded() => Assert.Equal(
        StorageRefusal.RequestNoStore,
        Check(Get(Fresh) with { RequestHeaders = Fields("Cache-Control: no-store") }));

    [Theory]
    [InlineData("*")]
    [InlineData("*, *")]
    [InlineData(", *")]
    [InlineData("*, Foo")]
    [InlineData("Foo, *")]
    public void VaryAny_IsNeverStored(string value)
    {
        Assert.Equal(StorageRefusal.VaryAny, Check(Get(Fresh, "Vary: " + value)));
        Assert.Equal(StorageRefusal.VaryAny, Check(Get(Fresh, "Vary: ", "Vary: " + value)));
    }

    [Fact]
    public void Post_IsStored_WhenItsAnswerIsThatOfItsTarget()
    {
        var post = Get(Fresh) with { Method = "POST" };

        Assert.Equal(StorageRefusal.Method, Check(post));
        Assert.Equal(StorageRefusal.None, Check(post with { IsAtItsTarget = true }));
        Assert.Equal(StorageRefusal.Method, Check(Get("ETag: \"a\"") with { Method = "POST", IsAtItsTarget = true }));
        Assert.Equal(StorageRefusal.Method, Check(post with { Method = "HEAD", IsAtItsTarget = true }));
    }

    [Fact]
    public void Part_IsStored_OnlyWhenItIsFiled()
    {
        var part = Get(Fresh) with { Status = 206 };

        Assert.Equal(StorageRefusal.Partial, Check(part));
        Assert.Equal(StorageRefusal.None, Check(part with { FilesParts = true }));
    }

    [Fact]
    public void Fields_OfTheConnection_AreNotStored()
    {
        var headers = Fields(
            "Connection: a, B", "a: 1", "b: 2", "c: 3", "Keep-Alive: x", "Transfer-Encoding: chunked", "TE: x",
            "Proxy-Authenticate: x", "Upgrade: x", "Set-Cookie: a=b", "d: 4", "Content-Range: odd");

        var stored = StoredFields.Select(headers, ResponseDirectives.Parse(Fields("Cache-Control: private=\"D\"")));

        Assert.Equal(
            ["c", "Set-Cookie", "Content-Range"], stored.Select(field => field.Name), StringComparer.Ordinal);
    }

    private static StorageRefusal Check(OriginExchange exchange) =>
        StorageRules.Check(exchange, CachingOptions.Default);
}
