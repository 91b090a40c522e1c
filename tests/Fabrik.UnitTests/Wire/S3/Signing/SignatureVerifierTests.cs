using Fabrik.Wire.S3.Signing;
using Xunit;

namespace Fabrik.UnitTests.Wire.S3.Signing;

public sealed class SignatureVerifierTests
{
    private const string SignedHeaders = "host;x-amz-content-sha256;x-amz-date";

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    [Fact]
    public void Verify_SignedRequest_IsOk() =>
        Assert.Equal(SignatureFinding.Ok, Verify(Signed()));

    [Fact]
    public void Verify_OtherMethodPathOrQuery_IsMismatch()
    {
        var request = Signed();
        Assert.Equal(SignatureFault.SignatureMismatch, Verify(request with { Method = "PUT" }).Fault);
        Assert.Equal(SignatureFault.SignatureMismatch, Verify(request with { RawPath = "/bkt/other" }).Fault);
        Assert.Equal(SignatureFault.SignatureMismatch, Verify(request with { RawPath = "/bkt//key" }).Fault);
        Assert.Equal(SignatureFault.SignatureMismatch, Verify(request with { RawQuery = "uploads" }).Fault);
        Assert.Equal(SignatureFault.SignatureMismatch, Verify(request with { RawQuery = "broken=%z" }).Fault);
    }

    [Fact]
    public void Verify_OtherSecret_IsMismatchThatTellsNoSecret()
    {
        var finding = Verify(Signed(), secret: "another");
        Assert.Equal(SignatureFault.SignatureMismatch, finding.Fault);
        Assert.DoesNotContain("another", finding.Message, StringComparison.Ordinal);
        Assert.Equal("id", new SigningCredentials("id", AwsExamples.Secret).ToString());
    }

    [Theory]
    [InlineData("/bkt/a(1)!", "/bkt/a%281%29%21", true)]
    [InlineData("/bkt/a%2fb", "/bkt/a%2Fb", true)]
    [InlineData("/bkt/a%2Fb", "/bkt/a/b", false)]
    [InlineData("/bkt/a//b", "/bkt/a/b", false)]
    [InlineData("/bkt/./b", "/bkt/b", false)]
    [InlineData("/bkt/a%20b", "/bkt/a+b", false)]
    public void Verify_PathEscapedInAnotherWayThanSigned_IsTakenIfItNamesTheSameKey(
        string sent, string signed, bool isSame)
    {
        var request = Signed(path: signed) with { RawPath = sent };
        Assert.Equal(isSame, Verify(request).IsOk);
    }

    [Theory]
    [InlineData("prefix=a+b", "prefix=a%20b")]
    [InlineData("uploads", "uploads=")]
    [InlineData("b=2&a=1", "a=1&b=2")]
    [InlineData("a=2&a=1", "a=1&a=2")]
    [InlineData("a-b=1&a=2", "a=2&a-b=1")]
    [InlineData("k=%7e", "k=~")]
    public void Verify_QueryWrittenInAnotherWay_IsTheSame(string sent, string signed) =>
        Assert.True(Verify(Signed(query: signed) with { RawQuery = sent }).IsOk);

    [Theory]
    [InlineData(-15, SignatureFault.None)]
    [InlineData(15, SignatureFault.None)]
    [InlineData(-16, SignatureFault.TooSkewed)]
    [InlineData(16, SignatureFault.TooSkewed)]
    public void Verify_ClockApart_IsTakenForFifteenMinutes(int minutes, SignatureFault expected) =>
        Assert.Equal(expected, Verify(Signed(), AwsExamples.Time.AddMinutes(minutes)).Fault);

    [Theory]
    [InlineData("20130523/us-east-1/s3/aws4_request")]
    [InlineData("20130524/eu-west-1/s3/aws4_request")]
    [InlineData("20130524/us-east-1/iam/aws4_request")]
    public void Verify_OtherScope_IsWrongScope(string scope)
    {
        var request = Signed(change: value =>
            value.Replace("20130524/us-east-1/s3/aws4_request", scope, StringComparison.Ordinal));
        Assert.Equal(SignatureFault.WrongScope, Verify(request).Fault);
    }

    [Fact]
    public void Verify_AnyRegionAllowed_TakesOtherRegion()
    {
        RequestSigner signer = new(
            new SigningCredentials(AwsExamples.AccessKeyId, AwsExamples.Secret), "garage", new SigningKeyCache());
        SignableRequest request = new("GET", "/", "", new TestHeaders(("host", "h")));
        var presigned = request with { RawQuery = signer.Presign(request, "host", Day, AwsExamples.Time) };
        Assert.True(SignatureVerifier.Read(presigned, out var claims).IsOk);
        SignatureVerifier any = new(SignatureRules.S3, new SigningKeyCache());
        Assert.True(any.Verify(presigned, claims!, AwsExamples.Secret, AwsExamples.Time).IsOk);
        Assert.Equal(
            SignatureFault.WrongScope,
            AwsExamples.Verifier.Verify(presigned, claims!, AwsExamples.Secret, AwsExamples.Time).Fault);
    }

    [Fact]
    public void Verify_HeaderThatIsNotSigned_IsRefused()
    {
        var request = Signed();
        ((TestHeaders)request.Headers).Add("X-Amz-Copy-Source", "/secret/key");
        Assert.Equal(SignatureFault.UnsignedHeader, Verify(request).Fault);
        Assert.Equal(SignatureFault.UnsignedHeader, Verify(Signed(signed: "x-amz-content-sha256;x-amz-date")).Fault);
    }

    [Theory]
    [InlineData(0, SignatureFault.None)]
    [InlineData(86_400, SignatureFault.None)]
    [InlineData(86_401, SignatureFault.Expired)]
    [InlineData(-900, SignatureFault.None)]
    [InlineData(-901, SignatureFault.NotYetValid)]
    public void Verify_Presigned_IsGoodForItsTime(int seconds, SignatureFault expected)
    {
        var request = Presigned(Day);
        Assert.Equal(expected, Verify(request, AwsExamples.Time.AddSeconds(seconds)).Fault);
    }

    [Fact]
    public void Verify_PresignedLongerThanSevenDays_IsMalformed()
    {
        var request = Presigned(TimeSpan.FromSeconds(604_800));
        Assert.True(Verify(request).IsOk);
        foreach (var seconds in (string[])["604801", "0"])
        {
            var longer = request with
            {
                RawQuery = request.RawQuery.Replace("604800", seconds, StringComparison.Ordinal),
            };
            Assert.Equal(SignatureFault.Malformed, Verify(longer).Fault);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => Presigned(TimeSpan.FromSeconds(604_801)));
    }

    [Fact]
    public void Read_PresignedWithToken_GivesTokenAndNoPayloadHash()
    {
        RequestSigner signer = new(
            new SigningCredentials("key", AwsExamples.Secret, "to/ken+="), "us-east-1", new SigningKeyCache());
        SignableRequest request = new("GET", "/bkt/key", "", new TestHeaders(("host", "h")));
        var presigned = request with { RawQuery = signer.Presign(request, "host", Day, AwsExamples.Time) };
        Assert.True(SignatureVerifier.Read(presigned, out var claims).IsOk);
        Assert.Equal("to/ken+=", claims!.SessionToken);
        Assert.Equal((PayloadKind.Unsigned, true), (claims.Payload, claims.IsPresigned));
        Assert.True(AwsExamples.Verifier.Verify(presigned, claims, AwsExamples.Secret, AwsExamples.Time).IsOk);
    }

    private static SignableRequest Signed(
        string path = "/bkt/key", string query = "", string signed = SignedHeaders, Func<string, string>? change = null)
    {
        TestHeaders headers = new(
            ("Host", "h"), ("X-Amz-Date", AwsExamples.Date), ("X-Amz-Content-Sha256", Payloads.Unsigned));
        SignableRequest request = new("GET", path, query, headers);
        var authorization = AwsExamples.Signer.Sign(request, signed, Payloads.Unsigned, AwsExamples.Time).Authorization;
        headers.Add("Authorization", change is null ? authorization : change(authorization));
        return request;
    }

    private static SignableRequest Presigned(TimeSpan expires)
    {
        SignableRequest request = new("GET", "/bkt/key", "response-content-type=a%2Fb", new TestHeaders(("host", "h")));
        return request with { RawQuery = AwsExamples.Signer.Presign(request, "host", expires, AwsExamples.Time) };
    }

    private static SignatureFinding Verify(
        SignableRequest request, DateTimeOffset? now = null, string secret = AwsExamples.Secret)
    {
        var finding = SignatureVerifier.Read(request, out var claims);
        return finding.IsOk
            ? AwsExamples.Verifier.Verify(request, claims!, secret, now ?? AwsExamples.Time) : finding;
    }
}
