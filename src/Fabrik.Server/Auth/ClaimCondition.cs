namespace Fabrik.Server.Auth;

/// <summary>How a claim is compared.</summary>
public enum ClaimOperator
{
    /// <summary>The claim is the value.</summary>
    EqualTo,

    /// <summary>The claim is there, and is another value.</summary>
    NotEqualTo,

    /// <summary>The claim is a list with the value in it, or a text that the value is a part of.</summary>
    Contains,

    /// <summary>The claim is one of the values, or a list with one of them in it.</summary>
    In,

    /// <summary>The claim is a number greater than the value.</summary>
    GreaterThan,

    /// <summary>The claim is a number not less than the value.</summary>
    AtLeast,

    /// <summary>The claim is a number less than the value.</summary>
    LessThan,

    /// <summary>The claim is a number not greater than the value.</summary>
    AtMost,

    /// <summary>The claim is there and not null; with the value <c>false</c> that it is not.</summary>
    Exists,
}

/// <summary>
/// What a claim must be. A claim that is missing meets no condition, but that it does not exist: nobody comes in for
/// want of a claim.
/// </summary>
/// <param name="Claim">
/// The claim's name, or the path to one in another with dots between. A claim whose whole name has dots comes first.
/// </param>
/// <param name="Operator">How it is compared.</param>
/// <param name="Values">
/// What with: one value, any number for <see cref="ClaimOperator.In"/>, none or one for
/// <see cref="ClaimOperator.Exists"/>. They are compared as the claim's own type: text, number or boolean.
/// </param>
public sealed record ClaimCondition(string Claim, ClaimOperator Operator, IReadOnlyList<string> Values);
