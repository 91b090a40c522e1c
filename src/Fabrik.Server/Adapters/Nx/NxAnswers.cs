using Fabrik.Server.Adapters.Serving;

namespace Fabrik.Server.Adapters.Nx;

/// <summary>
/// What Nx can hear and go on: 200 and 404 on a read; on a write 200, and 403 or 409 for "not stored". Any other
/// status, 202 too, is an error that it shows. So a failure is a miss when reading and a conflict when writing; only a
/// missing or bad token is an error, with a text that Nx shows to the user.
/// </summary>
internal static class NxAnswers
{
    private static readonly Answer Miss = new(404);
    private static readonly Answer Stored = new(200);
    private static readonly Answer NotStored = new(409, "not stored");

    public static AnswerTable Table { get; } = new()
    {
        Miss = Miss,
        Stored = Stored,
        Identical = Stored,
        Kept = new Answer(409, "not stored: the hash has another artifact, and the token may not replace it"),
        Unauthenticated = new Answer(
            401, "a valid token is required: set NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN to one that has not expired"),
        ReadForbidden = Miss,
        WriteForbidden = new Answer(403, "not stored: the token may not write"),
        BadReadKey = Miss,
        BadWriteKey = new Answer(409, "not stored: the hash must be 1 to 256 letters, digits, - and _"),
        ReadFault = static _ => Miss,
        WriteFault = static _ => NotStored,
        // To the letter: with a charset behind it, Nx hides the text of a 401 and calls the server misconfigured.
        ContentType = "text/plain",
    };
}
