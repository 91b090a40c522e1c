using Fabrik.Cache.Artifacts;

namespace Fabrik.Server.Adapters.S3.Multipart;

/// <summary>A multipart upload that is under way.</summary>
/// <param name="Id">Its id, as the client knows it.</param>
/// <param name="Info">Its entry, with what will be the object's properties.</param>
internal sealed record StagedUpload(string Id, ArtifactInfo Info)
{
    /// <summary>The property with the key of the object to be.</summary>
    public const string KeyProperty = "s3-upload-key";

    /// <summary>The key of the object to be.</summary>
    public string Key => Info.Metadata.Find(KeyProperty) ?? "";

    /// <summary>What is kept with the object to be.</summary>
    public List<KeyValuePair<string, string>> Properties =>
        [.. Info.Metadata.Properties.Where(property => property.Key != KeyProperty)];
}

/// <summary>A part that has been uploaded.</summary>
/// <param name="Number">1 to 10,000.</param>
/// <param name="Info">Its entry.</param>
internal readonly record struct StagedPart(int Number, ArtifactInfo Info);
