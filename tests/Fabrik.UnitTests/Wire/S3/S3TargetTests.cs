using Fabrik.Wire.S3;
using Xunit;

namespace Fabrik.UnitTests.Wire.S3;

public sealed class S3TargetTests
{
    private static readonly string[] Domains = ["s3.example.com", "example.com", "localhost"];

    [Theory]
    [InlineData("/", "", "")]
    [InlineData("/?x-id=ListBuckets", "", "")]
    [InlineData("/bkt", "bkt", "")]
    [InlineData("/bkt/", "bkt", "")]
    [InlineData("/bkt/key", "bkt", "key")]
    [InlineData("/bkt//key", "bkt", "/key")]
    [InlineData("/bkt/a//b/../c/./", "bkt", "a//b/../c/./")]
    [InlineData("/bkt/a%2Fb", "bkt", "a/b")]
    [InlineData("/bkt/a+b%20c%2B", "bkt", "a+b c+")]
    [InlineData("/bkt/%E1%88%B4", "bkt", "ሴ")]
    [InlineData("/bkt/ሴ", "bkt", "ሴ")]
    [InlineData("/bkt/%2e%2E", "bkt", "..")]
    [InlineData("/bkt/a?b=/c?d", "bkt", "a")]
    [InlineData("/%62kt/key", "bkt", "key")]
    [InlineData("http://other:9000/bkt/key?x", "bkt", "key")]
    [InlineData("http://other", "", "")]
    [InlineData("http://other?x", "", "")]
    public void Parse_PathStyle_KeepsKeyAsSent(string target, string bucket, string key)
    {
        Assert.Equal(S3TargetFault.None, S3Target.Parse(target, "127.0.0.1:9000", Domains, out var parsed));
        Assert.Equal((bucket, key, false), (parsed.Bucket, parsed.Key, parsed.IsVirtualHost));
    }

    [Theory]
    [InlineData("bkt.s3.example.com", "bkt")]
    [InlineData("BKT.S3.example.com:9000", "bkt")]
    [InlineData("my.bkt.s3.example.com", "my.bkt")]
    [InlineData("bkt.localhost:9000", "bkt")]
    public void Parse_VirtualHost_TakesBucketFromHost(string host, string bucket)
    {
        Assert.Equal(S3TargetFault.None, S3Target.Parse("/a//b?c", host, Domains, out var parsed));
        Assert.Equal((bucket, "a//b", true), (parsed.Bucket, parsed.Key, parsed.IsVirtualHost));
        Assert.Equal(("/a//b", "c"), (parsed.RawPath, parsed.Query.Raw));
    }

    [Theory]
    [InlineData("s3.example.com")]
    [InlineData("localhost")]
    [InlineData("xs3.example.org")]
    [InlineData("[::1]:9000")]
    [InlineData("[::1]")]
    [InlineData("")]
    public void Parse_OtherHost_IsPathStyle(string host)
    {
        Assert.Equal(S3TargetFault.None, S3Target.Parse("/bkt/key", host, Domains, out var parsed));
        Assert.Equal(("bkt", "key", false), (parsed.Bucket, parsed.Key, parsed.IsVirtualHost));
    }

    [Fact]
    public void Parse_AbsoluteTarget_TakesItsAuthority()
    {
        Assert.Equal(
            S3TargetFault.None, S3Target.Parse("HTTPS://bkt.s3.example.com/key", "localhost", Domains, out var parsed));
        Assert.Equal(("bkt", "key", "/key"), (parsed.Bucket, parsed.Key, parsed.RawPath));
    }

    [Theory]
    [InlineData("*", S3TargetFault.NotAPath)]
    [InlineData("", S3TargetFault.NotAPath)]
    [InlineData("bkt/key", S3TargetFault.NotAPath)]
    [InlineData("/bkt/%", S3TargetFault.InvalidEncoding)]
    [InlineData("/bkt/%2", S3TargetFault.InvalidEncoding)]
    [InlineData("/bkt/%zz", S3TargetFault.InvalidEncoding)]
    [InlineData("/bkt/% 1", S3TargetFault.InvalidEncoding)]
    [InlineData("/bkt/%FF", S3TargetFault.InvalidEncoding)]
    [InlineData("/bkt/%ED%A0%80", S3TargetFault.InvalidEncoding)]
    [InlineData("/b%zzt/key", S3TargetFault.InvalidEncoding)]
    [InlineData("//key", S3TargetFault.InvalidBucketName)]
    [InlineData("/ab/key", S3TargetFault.InvalidBucketName)]
    [InlineData("/.bkt/key", S3TargetFault.InvalidBucketName)]
    [InlineData("/b..t/key", S3TargetFault.InvalidBucketName)]
    [InlineData("/../key", S3TargetFault.InvalidBucketName)]
    [InlineData("/b%2Ft/key", S3TargetFault.InvalidBucketName)]
    public void Parse_WrongTarget_GivesFault(string target, S3TargetFault expected) =>
        Assert.Equal(expected, S3Target.Parse(target, "localhost", Domains, out _));

    [Theory]
    [InlineData(1024, S3TargetFault.None)]
    [InlineData(1026, S3TargetFault.KeyTooLong)]
    public void Parse_LongKey_CountsBytesOfUtf8(int bytes, S3TargetFault expected)
    {
        var target = "/bkt/" + string.Concat(Enumerable.Repeat("%C3%A9", bytes / 2));
        Assert.Equal(expected, S3Target.Parse(target, "localhost", Domains, out _));
    }

    [Fact]
    public void Query_Parameters_AreFoundAsSentAndDecoded()
    {
        S3Query query = new("&uploads&prefix=a%2Fb+c&%70art=1&empty=&bad=%zz&x=1&x=2");
        Assert.True(query.Has("uploads"));
        Assert.False(query.Has("Uploads"));
        Assert.True(query.TryGetRaw("prefix", out var raw));
        Assert.Equal("a%2Fb+c", raw.ToString());
        Assert.True(query.TryGet("prefix", out var prefix));
        Assert.Equal("a/b c", prefix);
        Assert.True(query.TryGet("part", out var part));
        Assert.Equal("1", part);
        Assert.True(query.TryGet("x", out var x));
        Assert.Equal("1", x);
        Assert.True(query.TryGet("empty", out var empty));
        Assert.Equal("", empty);
        Assert.True(query.Has("bad"));
        Assert.False(query.TryGet("bad", out _));
        Assert.False(new S3Query("").Has("uploads"));
    }

    [Theory]
    [InlineData("a b/c+d(1)~.png", "a%20b/c%2Bd%281%29~.png", "a%20b%2Fc%2Bd%281%29~.png")]
    [InlineData("ሴ%2F", "%E1%88%B4%252F", "%E1%88%B4%252F")]
    public void Encode_Text_IsWhatDecodeReads(string text, string path, string query)
    {
        Assert.Equal(path, S3Uri.EncodePath(text));
        Assert.Equal(query, S3Uri.EncodeQuery(text));
        Assert.True(S3Uri.TryDecode(path, plusIsSpace: true, out var decoded));
        Assert.Equal(text, decoded);
    }
}
