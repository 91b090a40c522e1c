using Fabrik.Wire.S3.Signing;
using Xunit;

namespace Fabrik.UnitTests.Wire.S3.Signing;

public sealed class SignatureReaderTests
{
    private const string Hex = "0000000000000000000000000000000000000000000000000000000000000000";
    private const string Hmac = "AWS4-HMAC-SHA256";
    private const string Tail = $"SignedHeaders=host, Signature={Hex}";
    private const string Scope = "20130524/us-east-1/s3/aws4_request";

    [Theory]
    [InlineData("AKID", $"{Hmac} Credential=AKID/{Scope}, {Tail}")]
    [InlineData("AKID", $"{Hmac} Credential=AKID/{Scope},SignedHeaders=host,Signature={Hex}")]
    [InlineData("AKID", $"AWS4-HMAC-SHA256  Signature={Hex} , Credential=AKID/{Scope} , SignedHeaders=host")]
    [InlineData("a/b.c_d-e=", $"{Hmac} Credential=a/b.c_d-e=/{Scope}, {Tail}")]
    public void Read_Header_GivesClaims(string accessKeyId, string value)
    {
        var finding = Read(out var claims, ("authorization", value), ("date", "Fri, 24 May 2013 00:00:00 GMT"));
        Assert.Equal(SignatureFinding.Ok, finding);
        Assert.Equal((accessKeyId, Hex, "host"), (claims!.AccessKeyId, claims.Signature, claims.SignedHeaders));
        Assert.Equal(new CredentialScope(20130524, "us-east-1", "s3"), claims.Scope);
        Assert.Equal(AwsExamples.Time, claims.Time);
        Assert.Equal(PayloadKind.Unknown, claims.Payload);
    }

    [Theory]
    [InlineData("Bearer abc", SignatureFault.Anonymous)]
    [InlineData("", SignatureFault.Anonymous)]
    [InlineData("AWS AKID:sig", SignatureFault.UnsupportedAlgorithm)]
    [InlineData("AWS4-ECDSA-P256-SHA256 Credential=AKID/20130524/s3/aws4_request", SignatureFault.UnsupportedAlgorithm)]
    [InlineData("AWS4-HMAC-SHA256", SignatureFault.Malformed)]
    [InlineData($"{Hmac} Credential=AKID/{Scope}, SignedHeaders=host", SignatureFault.MissingFields)]
    [InlineData($"{Hmac} Credential=, {Tail}", SignatureFault.MissingFields)]
    [InlineData($"{Hmac} Credential=AKID/{Scope}, SignedHeaders=host, Signature=abc", SignatureFault.Malformed)]
    [InlineData($"{Hmac} Credential=AKID/{Scope}, {Tail}, X=1", SignatureFault.Malformed)]
    [InlineData($"{Hmac} Credential=/{Scope}, {Tail}", SignatureFault.Malformed)]
    [InlineData($"{Hmac} Credential=AKID/2013/us-east-1/s3/aws4_request, {Tail}", SignatureFault.Malformed)]
    [InlineData($"{Hmac} Credential=AKID/20130524/us-east-1/s3/aws4, {Tail}", SignatureFault.Malformed)]
    public void Read_WrongHeader_GivesFault(string value, SignatureFault expected) =>
        Assert.Equal(expected, Read(out _, ("authorization", value), ("x-amz-date", AwsExamples.Date)).Fault);

    [Fact]
    public void Read_DateMissingOrWrong_GivesFault()
    {
        var header = ("authorization", $"{Hmac} Credential=AKID/{Scope}, {Tail}");
        Assert.Equal(SignatureFault.MissingFields, Read(out _, header).Fault);
        Assert.Equal(SignatureFault.Malformed, Read(out _, header, ("x-amz-date", "yesterday")).Fault);
        Assert.Equal(
            SignatureFault.MissingFields, Read(out _, header, ("x-amz-date", "a"), ("x-amz-date", "b")).Fault);
    }

    [Theory]
    [InlineData("X-Amz-Signature=abc", SignatureFault.MissingFields)]
    [InlineData("X-Amz-Algorithm=AWS4-HMAC-SHA256", SignatureFault.MissingFields)]
    [InlineData("X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256", SignatureFault.UnsupportedAlgorithm)]
    [InlineData("AWSAccessKeyId=a&Expires=1&Signature=b", SignatureFault.UnsupportedAlgorithm)]
    [InlineData("x-amz-signature=abc", SignatureFault.Anonymous)]
    public void Read_WrongQuery_GivesFault(string query, SignatureFault expected) => Assert.Equal(
        expected, SignatureVerifier.Read(new SignableRequest("GET", "/", query, new TestHeaders()), out _).Fault);

    [Theory]
    [InlineData(128, SignatureFault.None)]
    [InlineData(129, SignatureFault.Malformed)]
    public void Read_ManySignedHeaders_AreLimited(int count, SignatureFault expected)
    {
        var names = string.Join(';', Enumerable.Repeat("a", count));
        var value = $"{Hmac} Credential=AKID/{Scope}, SignedHeaders={names}, Signature={Hex}";
        Assert.Equal(expected, Read(out _, ("authorization", value), ("x-amz-date", AwsExamples.Date)).Fault);
    }

    [Fact]
    public void Read_HeaderAndQuery_IsMalformed()
    {
        SignableRequest request = new(
            "GET", "/", "X-Amz-Signature=abc", new TestHeaders(("authorization", "AWS4-HMAC-SHA256 x")));
        Assert.Equal(SignatureFault.Malformed, SignatureVerifier.Read(request, out _).Fault);
    }

    [Theory]
    [InlineData(Payloads.Empty, PayloadKind.Sha256)]
    [InlineData("UNSIGNED-PAYLOAD", PayloadKind.Unsigned)]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", PayloadKind.SignedChunks)]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER", PayloadKind.SignedChunksWithTrailer)]
    [InlineData("STREAMING-UNSIGNED-PAYLOAD-TRAILER", PayloadKind.UnsignedChunksWithTrailer)]
    [InlineData("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", PayloadKind.Ecdsa)]
    [InlineData("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER", PayloadKind.Ecdsa)]
    [InlineData("streaming", PayloadKind.Unknown)]
    [InlineData("", PayloadKind.Unknown)]
    public void KindOf_ContentSha256_IsTold(string value, PayloadKind expected) =>
        Assert.Equal(expected, Payloads.KindOf(value));

    private static SignatureFinding Read(out SignatureClaims? claims, params (string, string)[] headers) =>
        SignatureVerifier.Read(new SignableRequest("GET", "/", "", new TestHeaders(headers)), out claims);
}
