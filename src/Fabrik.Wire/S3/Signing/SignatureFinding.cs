namespace Fabrik.Wire.S3.Signing;

/// <summary>What is wrong with a signature; every protocol adapter maps these to its own codes.</summary>
public enum SignatureFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The request is not signed at all.</summary>
    Anonymous,

    /// <summary>A field that a signature needs is not there.</summary>
    MissingFields,

    /// <summary>A field cannot be read, or two ways of signing are mixed.</summary>
    Malformed,

    /// <summary>Another algorithm: Signature Version 2 or 4A.</summary>
    UnsupportedAlgorithm,

    /// <summary>Day, region or service of the credential are not those of the request.</summary>
    WrongScope,

    /// <summary>A presigned request whose time is over.</summary>
    Expired,

    /// <summary>A presigned request whose time has not come.</summary>
    NotYetValid,

    /// <summary>The time of the request is too far from now.</summary>
    TooSkewed,

    /// <summary>An <c>x-amz-</c> header is not covered by the signature: someone may have added it.</summary>
    UnsignedHeader,

    /// <summary>No such access key. Given by callers, who alone know the keys.</summary>
    UnknownKey,

    /// <summary>The signature is another one than the secret gives for this request.</summary>
    SignatureMismatch,
}

/// <summary>The outcome of reading or verifying a signature.</summary>
/// <param name="Fault">What is wrong; None if all is well.</param>
/// <param name="Message">What, where, and what was expected; has no secret in it. Empty if all is well.</param>
public readonly record struct SignatureFinding(SignatureFault Fault, string Message)
{
    /// <summary>All is well.</summary>
    public static SignatureFinding Ok { get; } = new(SignatureFault.None, "");

    /// <summary>Whether all is well.</summary>
    public bool IsOk => Fault == SignatureFault.None;

    internal static SignatureFinding Missing(string what) =>
        new(SignatureFault.MissingFields, $"the signature needs {what}");

    internal static SignatureFinding Malformed(string what) => new(SignatureFault.Malformed, what);
}
