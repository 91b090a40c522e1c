using Fabrik.Wire.S3.Signing;
using Xunit;

namespace Fabrik.UnitTests.Wire.S3.Signing;

/// <summary>The worked examples of the S3 API reference: of headers, and of query parameters.</summary>
public sealed class AwsExampleTests
{
    private const string Host = "examplebucket.s3.amazonaws.com";

    [Fact]
    public void Sign_GetObjectWithRange_GivesDocumentedSignature() => AssertSigned(
        "GET",
        "/test.txt",
        "",
        Payloads.Empty,
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ("Range", "bytes=0-9"));

    [Fact]
    public void Sign_PutObject_GivesDocumentedSignature() => AssertSigned(
        "PUT",
        "/test%24file.text",
        "",
        "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ("Date", "Fri, 24 May 2013 00:00:00 GMT"),
        ("x-amz-storage-class", "REDUCED_REDUNDANCY"));

    [Fact]
    public void Sign_GetLifecycle_GivesDocumentedSignature() => AssertSigned(
        "GET", "/", "lifecycle", Payloads.Empty, "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");

    [Fact]
    public void Sign_ListObjects_GivesDocumentedSignature() => AssertSigned(
        "GET",
        "/",
        "prefix=J&max-keys=2",
        Payloads.Empty,
        "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");

    [Fact]
    public void Presign_GetObject_GivesDocumentedQuery()
    {
        SignableRequest request = new("GET", "/test.txt", "", new TestHeaders(("Host", Host)));
        var query = AwsExamples.Signer.Presign(request, "host", TimeSpan.FromDays(1), AwsExamples.Time);
        Assert.Equal(
            "X-Amz-Algorithm=AWS4-HMAC-SHA256"
            + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
            + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
            + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
            query);
    }

    private static void AssertSigned(
        string method, string path, string query, string payload, string expected, params (string, string)[] more)
    {
        TestHeaders headers = new(
            [("Host", Host), ("x-amz-date", AwsExamples.Date), ("x-amz-content-sha256", payload), .. more]);
        var names = headers.Names.Select(name => name.ToLowerInvariant()).Order(StringComparer.Ordinal);
        var signed = string.Join(';', names);
        SignableRequest request = new(method, path, query, headers);
        var signature = AwsExamples.Signer.Sign(request, signed, payload, AwsExamples.Time);
        Assert.Equal(expected, signature.Signature);

        headers.Add("Authorization", signature.Authorization);
        Assert.True(SignatureVerifier.Read(request, out var claims).IsOk);
        Assert.True(AwsExamples.Verifier.Verify(request, claims!, AwsExamples.Secret, AwsExamples.Time).IsOk);
        Assert.Equal(PayloadKind.Sha256, claims!.Payload);
    }
}
