using Fabrik.Server.Adapters.Serving;

namespace Fabrik.Server.Adapters.Gradle;

/// <summary>
/// What Gradle can hear and go on: 200 and 404 on a read, 2xx and 413 on a write. Any other status switches its remote
/// cache off for the rest of the build, so a failure is a miss when reading, and "too large" when writing. Only a
/// missing or bad token is told as such: it is the same for every request, and the build should say so once.
/// </summary>
internal static class GradleAnswers
{
    private static readonly Answer Miss = new(404);
    private static readonly Answer Stored = new(200);
    private static readonly Answer NotStored = new(413, "not stored");

    public static AnswerTable Table { get; } = new()
    {
        Miss = Miss,
        Stored = Stored,
        Identical = Stored,
        Kept = Stored,
        Unauthenticated = new Answer(401, "a valid token is required: as bearer token, or as the password of Basic"),
        ReadForbidden = Miss,
        WriteForbidden = new Answer(413, "not stored: the token may not write"),
        BadReadKey = Miss,
        BadWriteKey = new Answer(413, "not stored: the key must be 1 to 128 hex digits"),
        ReadFault = static _ => Miss,
        WriteFault = static _ => NotStored,
    };
}
