# Copyright (c) 2026 hybrid.exchange contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Exchange's side of a remote shell, in the real engine: the functions of this account, and the channel to the lab
# that answers for the organization. Runs once in each new session; what is not Exchange's becomes private.

class ExchangeText {
    # An identity: text in a type of its own, which takes no list.
    [string] $Text
    ExchangeText([string] $text) { $this.Text = $text }
    [string] ToString() { return $this.Text }
}

class Fqdn {
    # The name of a domain controller; never empty.
    [string] $Text
    Fqdn([string] $text) {
        if (-not $text) { throw 'The value must not be empty.' }
        $this.Text = $text
    }
    [string] ToString() { return $this.Text }
}

class ExchangeList {
    # MultiValuedProperty takes one value or a list of them.
    [string[]] $Items
    ExchangeList([object] $value) { $this.Items = [string[]]@($value) }
}

function global:ConvertTo-LabJson {
    param($Value)
    if ($null -eq $Value) { return 'null' }
    if ($Value -is [bool] -or $Value -is [switch]) { return ([string][bool]$Value).ToLowerInvariant() }
    if ($Value -is [int] -or $Value -is [uint32]) { return [string]$Value }
    if ($Value -is [ExchangeList]) { return ConvertTo-LabJson $Value.Items }
    if ($Value -is [System.Collections.IDictionary]) {
        return '{' + (@(foreach ($key in $Value.Keys) { (ConvertTo-LabJson ([string]$key)) + ':' + (ConvertTo-LabJson $Value[$key]) }) -join ',') + '}'
    }
    # Many at once, where nothing has to be escaped by hand.
    if ($Value -is [string[]] -and -not [regex]::IsMatch([string]::Concat($Value), '[^\x20-\x7e]')) {
        return [System.Text.Json.JsonSerializer]::Serialize([object]$Value, [string[]], [System.Text.Json.JsonSerializerOptions]::Default)
    }
    if ($Value -is [array]) { return '[' + (@(foreach ($item in $Value) { ConvertTo-LabJson $item }) -join ',') + ']' }
    # UTF-16 units as they are: a lone surrogate or NUL must arrive as the lone surrogate or NUL that it is.
    $text = ([string]$Value).Replace('\', '\\').Replace('"', '\"')
    return '"' + [regex]::Replace($text, '[^\x20-\x7e]', { param($match) '\u{0:x4}' -f [int][char]$match.Value }) + '"'
}

function global:Send-Lab {
    # One line of JSON there, one back.
    param([System.Collections.IDictionary] $Question)
    $Question.token = $env:HMA_LAB_TOKEN
    $client = [System.Net.Sockets.TcpClient]::new('127.0.0.1', [int]$env:HMA_LAB_PORT)
    try {
        $stream = $client.GetStream()
        $line = [System.Text.Encoding]::ASCII.GetBytes((ConvertTo-LabJson $Question) + "`n")
        $stream.Write($line, 0, $line.Length)
        $answer = [System.IO.StreamReader]::new($stream).ReadLine()
    }
    finally { $client.Dispose() }
    if (-not $answer) { throw 'The lab gave no answer.' }
    return ConvertFrom-Json -InputObject $answer
}

function global:New-LabError {
    # An error record as the lab words it: id and exception name as given, not as this function would make them.
    param($Record)
    $exception = if ($Record.reason -eq 'PSRemotingTransportException') {
        [System.Management.Automation.Remoting.PSRemotingTransportException]::new($Record.message)
    } else { [System.Exception]::new($Record.message) }
    $target = if ($Record.target) { $Record.target } else { $null }
    $made = [System.Management.Automation.ErrorRecord]::new($exception, $Record.id, $Record.category, $target)
    $made.CategoryInfo.Reason = $Record.reason
    $made.CategoryInfo.TargetName = $Record.target
    $field = [System.Management.Automation.ErrorRecord].GetField('_serializedFullyQualifiedErrorId', 'NonPublic, Instance')
    $field.SetValue($made, [string]$Record.id)
    return $made
}

$global:LabClasses = @{}

function global:ConvertTo-ExchangeValue {
    param($Property)
    $value = $Property.value
    if ($null -eq $value) { return $null }
    switch ($Property.kind) {
        'uri' { return [uri]$value }
        'guid' { return [guid]$value }
        'bytes' { return , [Convert]::FromBase64String($value) }
        'datetime' { return [datetime]::Parse($value, [cultureinfo]::InvariantCulture, 'AdjustToUniversal') }
        'list' {
            # A list under Exchange's own type names: a client without Exchange's types sees no list type it knows.
            $list = [System.Collections.ArrayList]::new([string[]]@($value))
            $wrapped = [psobject]::AsPSObject($list)
            $wrapped.PSObject.TypeNames.Clear()
            foreach ($name in $Property.types) { $wrapped.PSObject.TypeNames.Add($name) }
            return , $wrapped
        }
    }
    return $value
}

function global:ConvertTo-ExchangeObject {
    # A .NET object, so that its properties travel as Exchange's do, under Exchange's type names.
    param($Item)
    $names = @(foreach ($property in $Item.properties) { $property.name })
    $key = $Item.types[0] + ' ' + ($names -join ',')
    if (-not $global:LabClasses.ContainsKey($key)) {
        $name = 'ExchangeObject' + $global:LabClasses.Count
        $members = @(foreach ($own in $names) { '[object] $' + $own }) -join '; '
        # As text an object is its identity.
        $text = @(foreach ($own in 'Identity', 'Name') { if ($own -in $names) { "if (`$this.$own) { return `$this.$own }" } }) -join ' '
        $class = "class $name { $members; [string] ToString() { $text return '$($Item.types[0])' } }`n[$name]"
        $global:LabClasses[$key] = & ([scriptblock]::Create($class))
    }
    $made = $global:LabClasses[$key]::new()
    foreach ($property in $Item.properties) { $made.($property.name) = ConvertTo-ExchangeValue $property }
    $wrapped = [psobject]::AsPSObject($made)
    $wrapped.PSObject.TypeNames.Clear()
    foreach ($type in $Item.types) { $wrapped.PSObject.TypeNames.Add($type) }
    return $wrapped
}

function global:Invoke-Lab {
    param($Cmdlet, $Bound)
    $given = @{}
    foreach ($key in $Bound.Keys) { $given[$key] = $Bound[$key] }
    $answer = Send-Lab @{ op = 'run'; name = $Cmdlet.MyInvocation.MyCommand.Name; parameters = $given }
    foreach ($text in $answer.warnings) { $Cmdlet.WriteWarning($text) }
    foreach ($record in $answer.errors) { $Cmdlet.WriteError((New-LabError $record)) }
    foreach ($item in $answer.objects) { $Cmdlet.WriteObject((ConvertTo-ExchangeObject $item)) }
}

$lab = Send-Lab @{ op = 'hello' }
if ($lab.module) {
    . ([scriptblock]::Create([System.IO.File]::ReadAllText($lab.module)))
    # Besides its own, Exchange's endpoint shows what a remote client needs (design of implicit remoting).
    $keep = @($lab.names) + 'Get-Command', 'Get-FormatData', 'Select-Object', 'Measure-Object', 'Out-Default', 'Get-Help', 'Exit-PSSession'
    # No programs and no script files either: without this, a command named by its path is run.
    $ExecutionContext.SessionState.Applications.Clear()
    $ExecutionContext.SessionState.Scripts.Clear()
    foreach ($command in Get-Command -All) { if ($command.Name -notin $keep) { $command.Visibility = 'Private' } }
}
