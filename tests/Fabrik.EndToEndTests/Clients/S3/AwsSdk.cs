using Amazon.Runtime;
using Amazon.S3;

namespace Fabrik.EndToEndTests.Clients.S3;

/// <summary>Amazon's own client, from NuGet.</summary>
internal static class AwsSdk
{
    /// <summary>A client of a server on this machine, which asks once and sends bodies as they are.</summary>
    public static AmazonS3Client ClientOf(int port, (string AccessKey, string SecretKey) keys) => new(
        new BasicAWSCredentials(keys.AccessKey, keys.SecretKey),
        new AmazonS3Config
        {
            ServiceURL = $"http://127.0.0.1:{port}",
            ForcePathStyle = true,
            UseHttp = true,
            MaxErrorRetry = 0,
            AuthenticationRegion = "us-east-1",
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        });
}
