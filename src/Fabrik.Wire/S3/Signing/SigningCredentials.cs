namespace Fabrik.Wire.S3.Signing;

/// <summary>An access key. Its text form has no secret in it.</summary>
/// <param name="accessKeyId">The public half.</param>
/// <param name="secret">The secret half.</param>
/// <param name="sessionToken">The token of temporary credentials; null for others.</param>
public sealed class SigningCredentials(string accessKeyId, string secret, string? sessionToken = null)
{
    /// <summary>The public half.</summary>
    public string AccessKeyId { get; } = accessKeyId;

    /// <summary>The secret half.</summary>
    public string Secret { get; } = secret;

    /// <summary>The token of temporary credentials; null for others.</summary>
    public string? SessionToken { get; } = sessionToken;

    /// <summary>The public half.</summary>
    public override string ToString() => AccessKeyId;
}
