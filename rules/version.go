package rules

import (
	"fmt"
	"strconv"
	"strings"
)

// Version is a TensorFlow release, 2.15.
type Version struct{ Major, Minor int }

// DefaultTarget is the last TensorFlow that has everything the rewrites may use: Estimators and Keras 2 end with it.
var DefaultTarget = Version{2, 15}

// ParseVersion reads "2.15" or "2.15.1".
func ParseVersion(s string) (Version, error) {
	parts := strings.Split(s, ".")
	var v Version
	var err error
	if len(parts) < 2 || len(parts) > 3 {
		return v, fmt.Errorf("target version %q is not of the form 2.15", s)
	}
	for i, n := range []*int{&v.Major, &v.Minor} {
		if *n, err = strconv.Atoi(parts[i]); err != nil || *n < 0 {
			return v, fmt.Errorf("target version %q is not of the form 2.15", s)
		}
	}
	if v.Major != 2 {
		return v, fmt.Errorf("target version %s: only TensorFlow 2 can be a target", s)
	}
	return v, nil
}

func (v Version) String() string { return fmt.Sprintf("%d.%d", v.Major, v.Minor) }

// HasEstimator tells whether tf.estimator is part of the release: 2.15 is the last one.
func (v Version) HasEstimator() bool { return v.Minor <= 15 }
