using System.Text;
using Fabrik.Wire.S3.Checksums;
using Fabrik.Wire.S3.Xml;
using Xunit;

namespace Fabrik.UnitTests.Wire.S3.Xml;

public sealed class S3XmlRequestsTests
{
    [Theory]
    [InlineData("<Delete><Object><Key>a</Key></Object>"
        + "<Object><Key> b </Key><VersionId>v</VersionId></Object></Delete>")]
    [InlineData("<?xml version='1.0' encoding='UTF-8'?>\n<Delete xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>\n  "
        + "<Object>\n <Key>a</Key>\n</Object>\n"
        + "<Object><VersionId>v</VersionId><Key> b </Key><Size>1</Size></Object>\n</Delete>\n")]
    [InlineData("\uFEFF<Delete><Unknown><Deep/></Unknown><!-- x --><Object><Key>a</Key><ETag/></Object>"
        + "<Object><Key>&#32;<![CDATA[b ]]></Key><VersionId>v</VersionId></Object></Delete>")]
    public void TryReadDelete_Keys_AreReadAsTheyAre(string xml)
    {
        Assert.True(S3XmlRequests.TryReadDelete(Utf8(xml), out var request, out var problem), problem);
        Assert.Equal([new S3ObjectName("a", null), new S3ObjectName(" b ", "v")], request.Objects);
        Assert.False(request.IsQuiet);
    }

    [Fact]
    public void TryReadDelete_QuietAndOddKeys_AreRead()
    {
        var xml = "<Delete><Quiet>true</Quiet><Object><Key>a&#x1;&amp;&lt;é&#x1F600;</Key></Object></Delete>";
        Assert.True(S3XmlRequests.TryReadDelete(Utf8(xml), out var request, out var problem), problem);
        Assert.True(request.IsQuiet);
        Assert.Equal("a\u0001&<é\U0001F600", request.Objects[0].Key);
    }

    [Theory]
    [InlineData("", "not well-formed")]
    [InlineData("<Delete>", "not well-formed")]
    [InlineData("<Delete></Delete>", "no Object")]
    [InlineData("<Delete/>", "no Object")]
    [InlineData("<Other/>", "expected 'Delete'")]
    [InlineData("<Delete><Object></Object></Delete>", "object 1 has no Key")]
    [InlineData("<Delete><Object/></Delete>", "object 1 has no Key")]
    [InlineData("<Delete><Object><Key></Key></Object></Delete>", "object 1 has no Key")]
    [InlineData("<Delete><Object><Key>a</Key></Object></Delete><x/>", "not well-formed")]
    [InlineData("<Delete><Object><Key>&#xD800;</Key></Object></Delete>", "")]
    [InlineData("<!DOCTYPE D [<!ENTITY e 'x'>]><Delete><Object><Key>&e;</Key></Object></Delete>", "not well-formed")]
    [InlineData("<Delete><Object><Key>&e;</Key></Object></Delete>", "not well-formed")]
    public void TryReadDelete_WrongDocument_TellsWhat(string xml, string expected)
    {
        Assert.False(S3XmlRequests.TryReadDelete(Utf8(xml), out _, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void TryReadDelete_Limits_Hold()
    {
        Assert.True(S3XmlRequests.TryReadDelete(Keys(1000), out var request, out _));
        Assert.Equal(1000, request.Objects.Count);
        Assert.False(S3XmlRequests.TryReadDelete(Keys(1001), out _, out var problem));
        Assert.Contains("more than 1000", problem, StringComparison.Ordinal);

        var longKey = $"<Delete><Object><Key>{new string('k', 1025)}</Key></Object></Delete>";
        Assert.False(S3XmlRequests.TryReadDelete(Utf8(longKey), out _, out _));
        Assert.False(S3XmlRequests.TryReadDelete(new byte[S3XmlRequests.MaxDocumentBytes + 1], out _, out _));
        Assert.False(S3XmlRequests.TryReadDelete([0xFF, 0xFE], out _, out problem));
        Assert.Contains("not UTF-8", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void TryReadCompleteUpload_Parts_AreReadInOrder()
    {
        var xml = "<CompleteMultipartUpload xmlns='x'><Part><PartNumber>2</PartNumber><ETag>\"e2\"</ETag></Part>"
            + "<Part><ETag>&quot;e1&quot;</ETag><PartNumber>1</PartNumber>"
            + "<ChecksumCRC32>AAAAAA==</ChecksumCRC32></Part></CompleteMultipartUpload>";
        Assert.True(S3XmlRequests.TryReadCompleteUpload(Utf8(xml), out var parts, out var problem), problem);
        Assert.Equal(
            [new S3CompletedPart(2, "e2"), new S3CompletedPart(1, "e1", ChecksumAlgorithms.Crc32, "AAAAAA==")], parts);
    }

    [Theory]
    [InlineData("", "no Part")]
    [InlineData("<Part><ETag>e</ETag></Part>", "part 1")]
    [InlineData("<Part><PartNumber>0</PartNumber><ETag>e</ETag></Part>", "part 1")]
    [InlineData("<Part><PartNumber>10001</PartNumber><ETag>e</ETag></Part>", "part 1")]
    [InlineData("<Part><PartNumber>1</PartNumber></Part>", "part 1")]
    public void TryReadCompleteUpload_WrongDocument_TellsWhat(string content, string expected)
    {
        var xml = $"<CompleteMultipartUpload>{content}</CompleteMultipartUpload>";
        Assert.False(S3XmlRequests.TryReadCompleteUpload(Utf8(xml), out _, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void TryReadCreateBucket_Region_IsRead()
    {
        Assert.True(S3XmlRequests.TryReadCreateBucket([], out var region, out _));
        Assert.Equal("", region);
        Assert.True(S3XmlRequests.TryReadCreateBucket(Utf8("<CreateBucketConfiguration/>"), out region, out _));
        Assert.Equal("", region);
        var xml = "<CreateBucketConfiguration xmlns='x'><LocationConstraint>eu-west-1</LocationConstraint>"
            + "<Bucket><Type>Directory</Type></Bucket></CreateBucketConfiguration>";
        Assert.True(S3XmlRequests.TryReadCreateBucket(Utf8(xml), out region, out _));
        Assert.Equal("eu-west-1", region);
        Assert.False(S3XmlRequests.TryReadCreateBucket(Utf8("<Delete/>"), out _, out _));
    }

    private static byte[] Keys(int count)
    {
        var objects = Enumerable.Range(0, count).Select(i => $"<Object><Key>{i}</Key></Object>");
        return Utf8($"<Delete>{string.Concat(objects)}</Delete>");
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
