using System.Text;
using Fabrik.Wire.S3.Signing;
using Xunit;

namespace Fabrik.UnitTests.Wire.S3.Signing;

public sealed class SignatureVectorTests
{
    public static TheoryData<string> Names => SignatureVectors.Names;

    [Fact]
    public void Vectors_AreAllThere() => Assert.Equal(38, SignatureVectors.All.Count);

    [Theory]
    [MemberData(nameof(Names))]
    public void Sign_Vector_GivesCanonicalRequestAndSignature(string name)
    {
        var vector = SignatureVectors.All[name];
        var (request, headers) = HeaderForm(vector);
        var signed = SignatureVector.SignedHeadersOf(vector["header-canonical-request.txt"]);
        Assert.Equal(vector["header-canonical-request.txt"], Canonical(vector, request, signed));

        RequestSigner signer = new(vector.Credentials, vector.Rules.Region!, new SigningKeyCache(), vector.Rules);
        var signature = signer.Sign(request, signed, vector.PayloadHash, vector.Time);
        Assert.Equal(vector["header-signature.txt"], signature.Signature);
        Assert.EndsWith($"Signature={signature.Signature}", signature.Authorization, StringComparison.Ordinal);

        headers.Add("Authorization", signature.Authorization);
        if (vector.SignsBody)
        {
            Assert.Equal(SignatureFault.None, Verify(vector, request).Fault);
            return;
        }

        // Services other than S3 need no header for the hash; ours does, and takes it unsigned.
        headers.Add("x-amz-content-sha256", vector.PayloadHash);
        Assert.Equal(SignatureFault.None, Verify(vector, request).Fault);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Presign_Vector_GivesSignature(string name)
    {
        var vector = SignatureVectors.All[name];
        var (request, _) = vector.Parse();
        var credentials = vector.OmitsToken
            ? new SigningCredentials(vector.Credentials.AccessKeyId, vector.Credentials.Secret) : vector.Credentials;
        RequestSigner signer = new(credentials, vector.Rules.Region!, new SigningKeyCache(), vector.Rules);
        var signed = SignatureVector.SignedHeadersOf(vector["query-canonical-request.txt"]);
        var query = signer.Presign(request, signed, vector.Expires, vector.Time);
        Assert.EndsWith($"&X-Amz-Signature={vector["query-signature.txt"]}", query, StringComparison.Ordinal);

        var presigned = request with { RawQuery = query };
        Assert.Equal(vector["query-canonical-request.txt"], Canonical(vector, presigned, signed));
        Assert.Equal(SignatureFault.None, Verify(vector, presigned).Fault);
    }

    private static (SignableRequest Request, TestHeaders Headers) HeaderForm(SignatureVector vector)
    {
        var (request, headers) = vector.Parse();
        headers.Add("X-Amz-Date", AmzDate.Format(vector.Time));
        if (vector.Credentials.SessionToken is { } token && !vector.OmitsToken)
        {
            headers.Add("X-Amz-Security-Token", token);
        }

        if (vector.SignsBody)
        {
            headers.Add("x-amz-content-sha256", vector.PayloadHash);
        }

        return (request, headers);
    }

    private static SignatureFinding Verify(SignatureVector vector, SignableRequest request)
    {
        var finding = SignatureVerifier.Read(request, out var claims);
        Assert.Equal(SignatureFinding.Ok, finding);
        return new SignatureVerifier(vector.Rules, new SigningKeyCache())
            .Verify(request, claims!, vector.Credentials.Secret, vector.Time);
    }

    private static string Canonical(SignatureVector vector, SignableRequest request, string signedHeaders)
    {
        var path = new CanonicalBuffer([]);
        CanonicalPath.AppendGeneral(ref path, request.RawPath, vector.Rules);
        var text = new CanonicalBuffer([]);
        Assert.True(CanonicalRequest.TryWrite(ref text, request, path.Written, signedHeaders, vector.PayloadHash));
        var canonical = Encoding.UTF8.GetString(text.Written);
        path.Dispose();
        text.Dispose();
        return canonical;
    }
}
