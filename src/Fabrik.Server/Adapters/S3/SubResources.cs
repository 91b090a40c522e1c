using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using Fabrik.Server.Auth;

namespace Fabrik.Server.Adapters.S3;

/// <summary>
/// What clients ask of buckets and objects by themselves, and what there is only one answer to here: no versions, no
/// policies, no tags, one owner.
/// </summary>
internal static class SubResources
{
    private const string Head = """<?xml version="1.0" encoding="UTF-8"?>""";
    private const string Namespace = """xmlns="http://s3.amazonaws.com/doc/2006-03-01/" """;

    private const string Acl = $"""
        {Head}
        <AccessControlPolicy {Namespace}><Owner><ID>fabrik</ID><DisplayName>fabrik</DisplayName></Owner>
        <AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
        xsi:type="CanonicalUser"><ID>fabrik</ID><DisplayName>fabrik</DisplayName></Grantee>
        <Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>
        """;

    private static readonly FrozenDictionary<string, byte[]> BucketDocuments = Documents(
        ("acl", Acl),
        ("versioning", Empty("VersioningConfiguration")),
        ("logging", Empty("BucketLoggingStatus")),
        ("notification", Empty("NotificationConfiguration")),
        ("accelerate", Empty("AccelerateConfiguration")),
        ("requestPayment", $"""
            {Head}
            <RequestPaymentConfiguration {Namespace}><Payer>BucketOwner</Payer></RequestPaymentConfiguration>
            """));

    private static readonly FrozenDictionary<string, byte[]> ObjectDocuments = Documents(
        ("acl", Acl),
        ("tagging", $"{Head}\n<Tagging {Namespace}><TagSet/></Tagging>"));

    private static readonly FrozenDictionary<string, S3Fault> BucketAbsences = Absences(
        ("policy", "NoSuchBucketPolicy"),
        ("policyStatus", "NoSuchBucketPolicy"),
        ("tagging", "NoSuchTagSet"),
        ("object-lock", "ObjectLockConfigurationNotFoundError"),
        ("encryption", "ServerSideEncryptionConfigurationNotFoundError"),
        ("lifecycle", "NoSuchLifecycleConfiguration"),
        ("cors", "NoSuchCORSConfiguration"),
        ("website", "NoSuchWebsiteConfiguration"),
        ("replication", "ReplicationConfigurationNotFoundError"),
        ("publicAccessBlock", "NoSuchPublicAccessBlockConfiguration"),
        ("ownershipControls", "OwnershipControlsNotFoundError"));

    private static readonly FrozenDictionary<string, S3Fault> ObjectAbsences = Absences(
        ("retention", "NoSuchObjectLockConfiguration"), ("legal-hold", "NoSuchObjectLockConfiguration"));

    // Sub-resources for which there is no answer at all, and which must not be taken for a plain request.
    private static readonly FrozenSet<string> Unknown = new[]
    {
        "analytics", "intelligent-tiering", "inventory", "metrics", "versions", "session", "torrent", "restore",
        "select", "attributes", "append", "renameObject", "metadataTable", "metadataConfiguration",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The sub-resource that is asked for; <see langword="null"/> if it is the thing itself.</summary>
    public static string? Find(S3Call call)
    {
        foreach (var (name, _) in call.Target.Query)
        {
            var text = name.ToString();
            if (Unknown.Contains(text)
                || BucketDocuments.ContainsKey(text) || ObjectDocuments.ContainsKey(text)
                || BucketAbsences.ContainsKey(text) || ObjectAbsences.ContainsKey(text))
            {
                return text;
            }
        }

        return null;
    }

    /// <summary>Answers a request about a sub-resource.</summary>
    public static ValueTask<S3Fault?> AnswerAsync(S3Call call, string name)
    {
        var isObject = call.Target.Key.Length > 0;
        var (documents, absences) = isObject ? (ObjectDocuments, ObjectAbsences) : (BucketDocuments, BucketAbsences);
        if (call.Http.Request.Method != "GET")
        {
            return Fault(S3Faults.NotImplemented($"{call.Http.Request.Method} ?{name}"));
        }

        return !call.Principal.May(Permissions.Read) ? Fault(S3Faults.ReadDenied)
            : documents.TryGetValue(name, out var document)
                ? S3Answers.SendAsync(call, to => to.Write(document))
            : Fault(absences.GetValueOrDefault(name) ?? S3Faults.NotImplemented($"GET ?{name}"));
    }

    private static ValueTask<S3Fault?> Fault(S3Fault fault) => ValueTask.FromResult<S3Fault?>(fault);

    private static string Empty(string root) => $"{Head}\n<{root} {Namespace}/>";

    private static FrozenDictionary<string, byte[]> Documents(params (string Name, string Text)[] documents) =>
        documents.ToFrozenDictionary(
            document => document.Name, document => Encoding.UTF8.GetBytes(document.Text), StringComparer.Ordinal);

    private static FrozenDictionary<string, S3Fault> Absences(params (string Name, string Code)[] absences) =>
        absences.ToFrozenDictionary(
            absence => absence.Name,
            absence => new S3Fault(absence.Code, 404, $"There is no {absence.Name} here"),
            StringComparer.Ordinal);
}
